/**
 * The image server of the benchmarks, a separate process. It responds from memory, so that it uses little of the shared
 * CPU, after the latency given in the path:
 * `/<milliseconds>/pictures/<file>` a file of the folder, `/<milliseconds>/tiny/<anything>` a PNG of 1×1 pixel.
 * Arguments: the folder ('-' for none) and the number of origins (ports) to listen on.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import sharp from 'sharp';
import { IMAGE_TYPES, startServer } from '../../test/support/servers/image-server.mjs';
import { answerQuestions } from '../stage/program.mjs';

const TINY = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#888888' } })
  .png()
  .toBuffer();

const [folder = '-', origins = '1'] = process.argv.slice(2);
const files = new Map(
  (folder === '-' ? [] : readdirSync(folder)).map((name) => [
    name,
    { bytes: readFileSync(join(folder, name)), type: IMAGE_TYPES[extname(name)] },
  ]),
);
let served = 0;

const find = (kind, name) => (kind === 'tiny' ? { bytes: TINY, type: IMAGE_TYPES['.png'] } : files.get(name));

const answer = (response, found) => {
  served += 1;
  response.writeHead(200, { 'Content-Type': found.type, 'Content-Length': found.bytes.length });
  response.end(found.bytes);
};

const listener = (request, response) => {
  const [, latency, kind, name] = request.url.split('?', 1)[0].split('/');
  const found = find(kind, name);
  if (found === undefined) response.writeHead(404).end();
  else if (latency === '0') answer(response, found);
  else setTimeout(answer, Number(latency), response, found);
};

// Idle connections stay open as on common servers, so that the service reuses them.
const options = { backlog: 1024, keepAliveMs: 60_000 };
const servers = Promise.all(Array.from({ length: Number(origins) }, () => startServer(listener, options)));
const addresses = servers.then((started) => started.map(({ origin }) => origin));
answerQuestions(async ({ what }) => (what === 'served' ? served : addresses));
