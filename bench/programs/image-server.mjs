/**
 * The image server of the benchmarks, a separate process. It responds from memory, so that it uses little of the shared
 * CPU, after the latency given in the path:
 * `/<milliseconds>/pictures/<file>` a file of the folder, `/<milliseconds>/tiny/<anything>` a PNG of 1×1 pixel.
 * Arguments: the folder ('-' for none), the number of origins (ports) to listen on, and `tls` to serve the same over HTTPS on
 * as many ports more, with the certificates of the tests. Answers `{what}`: `addresses`, `secure-addresses`, `served`, and
 * `handshakes` (`{all, resumed}` of TLS since the last question).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { extname, join } from 'node:path';
import sharp from 'sharp';
import { IMAGE_TYPES, startServer } from '../../test/support/servers/image-server.mjs';
import { answerQuestions } from '../stage/program.mjs';
import { certificate } from '../stage/tls.mjs';

const BACKLOG = 1024;
/** Idle connections stay open as on common servers, so that the service reuses them. */
const KEEP_ALIVE_MS = 60_000;
const TINY = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#888888' } })
  .png()
  .toBuffer();

const [folder = '-', origins = '1', tls = ''] = process.argv.slice(2);
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

let handshakes = { all: 0, resumed: 0 };

const startSecure = async () => {
  const server = createServer(certificate(), listener);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('secureConnection', (socket) => {
    handshakes.all += 1;
    if (socket.isSessionReused()) handshakes.resumed += 1;
  });
  await new Promise((listening) => server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, listening));
  return `https://127.0.0.1:${server.address().port}`;
};

const times = (start) => Promise.all(Array.from({ length: Number(origins) }, start));
const addresses = times(() => startServer(listener, { backlog: BACKLOG, keepAliveMs: KEEP_ALIVE_MS })).then((started) =>
  started.map(({ origin }) => origin),
);
const secureAddresses = tls === 'tls' ? times(startSecure) : Promise.resolve([]);

const takeHandshakes = () => {
  const taken = handshakes;
  handshakes = { all: 0, resumed: 0 };
  return taken;
};

const ANSWERS = {
  served: () => served,
  addresses: () => addresses,
  'secure-addresses': () => secureAddresses,
  handshakes: takeHandshakes,
};
answerQuestions(async ({ what }) => ANSWERS[what]());
