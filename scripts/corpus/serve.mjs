import { createReadStream } from 'node:fs';
import { startServer } from '../../test/support/servers/image-server.mjs';

/** Serves files by their number, so that their names need not fit in a URL: `<origin>/<index>`. */
export const serveFiles = (files) =>
  startServer((request, response) => {
    const file = /^\/\d{1,6}$/.test(request.url) ? files[Number(request.url.slice(1))] : undefined;
    if (file === undefined) return void response.writeHead(404).end();
    // Without a type, as the bytes decide; without a length, as the file may change meanwhile.
    response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
    const stream = createReadStream(file.path).on('error', () => response.destroy());
    response.on('close', () => stream.destroy());
    stream.pipe(response);
  });
