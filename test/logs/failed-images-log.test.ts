import { createFailedImagesLog } from '../../src/service/failed-images-log.ts';

const image = (code: string) => ({
  ...{ requestId: 'r', imageId: 'i', attempts: 1, host: 'cdn.example', code },
  reason: 'The image server has no image at this URL.',
});

test('an image that fails is logged with its host and reason, and a thousand of them are 21 lines', () => {
  const lines: { facts: object; message: string }[] = [];
  const log = createFailedImagesLog({
    info: (facts, message) => void lines.push({ facts, message }),
    debug: () => {},
  });
  for (let count = 0; count < 1_000; count += 1) log.failed(image(count % 4 === 0 ? 'tls_failed' : 'source_not_found'));
  expect(lines).toHaveLength(20);
  expect(lines[0]).toEqual({
    facts: expect.objectContaining({ host: 'cdn.example', code: 'tls_failed', requestId: 'r' }),
    message: 'image failed (cdn.example): The image server has no image at this URL.',
  });
  log.stop();
  expect(lines.slice(20)).toEqual([
    {
      facts: { failed: 980, codes: { source_not_found: 735, tls_failed: 245 } },
      message: '980 more images failed in the last minute: 735 source_not_found, 245 tls_failed',
    },
  ]);
  // A new minute begins.
  log.failed(image('tls_failed'));
  log.stop();
  expect(lines).toHaveLength(22);
});
