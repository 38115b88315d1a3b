import { type CompressDeps, compress } from '../../src/cli/compress.ts';
import { type CompressOptions, readCommand } from '../../src/cli/options.ts';
import type { Client, Status } from '../../src/cli/transfer/client.ts';

const command = readCommand(['compress', 'a.csv', '--server', 'http://x'], {}, '/shop');
const options = (command as { readonly options: CompressOptions }).options;

const statusWith = (code: string, message: string): Status => ({
  ...{ status: 'processing', finishedAt: null, next: null },
  progress: { total: 1, completed: 0, failed: 0, cancelled: 0, percent: 0 },
  bytes: { in: 0, out: 0, savedPercent: 0 },
  products: [
    {
      images: [
        {
          ...{ id: '1', index: 0, inputUrl: 'http://a/', status: 'queued', outputUrl: null, bytesOut: null },
          error: { code, message },
        },
      ],
    },
  ],
});

/** What is said while an image waits with an error, and how the run ends. */
const run = async (code: string, message: string, downloadImages: boolean) => {
  const stop = new AbortController();
  const said: string[] = [];
  let polls = 0;
  const client = {
    upload: async () => ({ requestId: '1', file: null, replayed: false }),
    progress: async () => {
      polls += 1;
      if (polls === 3) stop.abort(new Error('enough'));
      return statusWith(code, message);
    },
  } as unknown as Client;
  const deps: CompressDeps = {
    ...{ client, downloadImages, signal: stop.signal },
    progress: { log: (text) => said.push(text), show: () => {}, end: () => {} },
  };
  const error = await compress(options, 'key', deps).catch((thrown: Error) => thrown);
  return { said, end: (error as Error).message };
};

test('the image server that keeps images waiting is named, once', async () => {
  const { said } = await run('connection_failed', 'The connection to the image server a was refused.', false);
  expect(said).toEqual(['The connection to the image server a was refused. Retrying…']);
});

test('a full disk here ends the run with a sentence that names the folder; one of a service is waited for', async () => {
  const message = 'The result could not be stored: the disk is full. It will be retried.';
  const here = await run('storage_failed', message, false);
  expect(here.end).toMatch(
    /^The disk of .*a-output-images is full\. Free up space, then run the same command again\.$/,
  );
  const there = await run('storage_failed', message, true);
  expect(there.said).toEqual(['The result could not be stored: the disk is full. Retrying…']);
});
