/**
 * The image server of the benchmarks, a process of its own. It answers from memory, so that it costs little of the cores
 * it shares, after a latency that stands in the path:
 * `/<milliseconds>/pictures/<file>` a file of the folder, `/<milliseconds>/tiny/<anything>` a PNG of 1×1 pixel.
 * Arguments: the folder ('-' for none) and the number of origins (ports) to listen on.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import sharp from 'sharp';
import { answerQuestions } from '../stage/program.mjs';

const TYPES = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' };
const TINY = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#888888' } })
  .png()
  .toBuffer();

const [folder = '-', origins = '1'] = process.argv.slice(2);
const files = new Map(
  (folder === '-' ? [] : readdirSync(folder)).map((name) => [
    name,
    { bytes: readFileSync(join(folder, name)), type: TYPES[name.split('.').at(-1)] },
  ]),
);
let served = 0;

const find = (kind, name) => (kind === 'tiny' ? { bytes: TINY, type: TYPES.png } : files.get(name));

const answer = (response, found) => {
  served += 1;
  response.writeHead(200, { 'Content-Type': found.type, 'Content-Length': found.bytes.length });
  response.end(found.bytes);
};

const listen = () =>
  new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      const [, latency, kind, name] = request.url.split('?', 1)[0].split('/');
      const found = find(kind, name);
      if (found === undefined) response.writeHead(404).end();
      else if (latency === '0') answer(response, found);
      else setTimeout(answer, Number(latency), response, found);
    });
    // As common servers do; a connection that was left alone for longer is opened anew.
    server.keepAliveTimeout = 60_000;
    server
      .once('error', reject)
      .listen(0, '127.0.0.1', 1024, () => resolve(`http://127.0.0.1:${server.address().port}`));
  });

const addresses = Promise.all(Array.from({ length: Number(origins) }, listen));
answerQuestions(async ({ what }) => (what === 'served' ? served : addresses));
