import { startServer } from '../../support/servers/image-server.mjs';
import { type Attack, demand, seconds } from '../attack.ts';
import { largeJpeg } from '../pictures.ts';
import { servePhotos, using } from '../servers.ts';
import { HEADER, type Traffic } from '../traffic.ts';

interface Size {
  /** Size of the JPEG that is converted to AVIF. */
  readonly width: number;
  readonly height: number;
}

const ERRORS: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
  ['', { Range: 'bytes=99999999-' }, 416],
  ['', { 'If-Match': '"another"' }, 412],
  ['/%ff', {}, 400],
];

/** Error responses for an image's URL must not be cacheable. */
const checkErrors = async (traffic: Traffic, path: string): Promise<void> => {
  for (const [suffix, headers, expected] of ERRORS) {
    const answer = await traffic.call(suffix === '' ? path : path.replace(/\/[^/]+$/, suffix), { headers });
    const response = `${answer.status} for an image's URL`;
    demand(answer.status === expected, `${response}, instead of ${expected}`);
    const cache = answer.headers.get('cache-control') ?? '';
    demand(/no-store/.test(cache) && !/immutable/.test(cache), `${response} has Cache-Control "${cache}"`);
    demand(answer.headers.get('etag') === null, `${response} has an ETag`);
  }
};

export const errors: Attack<Size> = {
  number: 10,
  title: 'cacheable errors, and a large JPEG as AVIF',
  short: { width: 1_200, height: 1_000 },
  full: { width: 10_000, height: 9_999 },
  bounds: { serviceMiB: 6_000, databaseMiB: 300, diskMiB: () => 300 },
  async run({ width, height }, { target, traffic }) {
    const photos = await servePhotos();
    await using(photos, async (origin) => {
      const id = await traffic.accepted(`${HEADER}1,P,${origin}/1.jpg\n`);
      await traffic.finished(id);
      const { products } = JSON.parse((await traffic.call(`/api/status/${id}`)).text);
      const { pathname } = new URL(products[0].images[0].outputUrl);
      await checkErrors(traffic, pathname);
    });
    const jpeg = await largeJpeg(width, height);
    const server = await startServer((_req, res) => {
      res.writeHead(200, { 'Content-Type': 'image/jpeg', 'Content-Length': jpeg.length }).end(jpeg);
    });
    return using(server, async (origin) => {
      const begun = performance.now();
      const id = await traffic.accepted(`${HEADER}1,P,${origin}/large.jpg\n`, { format: 'avif' });
      const { status } = await traffic.finished(id, 900_000);
      const { products } = JSON.parse((await traffic.call(`/api/status/${id}`)).text);
      const { error, attempts } = products[0].images[0];
      demand(target.ended() === null, 'the service did not survive the AVIF');
      demand(attempts === 1, `the AVIF took ${attempts} attempts`);
      const outcome = error?.code ?? status;
      return [
        `a JPEG of ${(jpeg.length / 1e6).toFixed(1)} MB as AVIF: ${outcome} after ${seconds(performance.now() - begun)}`,
      ];
    });
  },
};
