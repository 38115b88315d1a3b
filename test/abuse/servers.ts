import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type LocalServer, makeImage, startServer } from '../support/servers/image-server.mjs';

/** Responds with a small photo, but with 404 to `/missing…`. */
export const servePhotos = async (): Promise<LocalServer> => {
  const jpeg = await makeImage('jpeg');
  return startServer((req, res) => {
    if (req.url?.startsWith('/missing')) res.writeHead(404).end();
    else res.writeHead(200, { 'Content-Type': 'image/jpeg', 'Content-Length': jpeg.length }).end(jpeg);
  });
};

/** Passes the server's origin to `work`, and always closes the server. */
export const using = async <T>(server: LocalServer, work: (origin: string) => Promise<T>): Promise<T> => {
  try {
    return await work(server.origin);
  } finally {
    await server.close();
  }
};

export interface RawClient {
  /** The start of the response, as far as it was read. */
  readonly head: () => string;
  readonly closed: () => boolean;
  end(): void;
}

/**
 * Connects and sends `text`. Reads only the first `reads` bytes of the response, after which the server's writes are
 * blocked.
 */
export const rawClient = async (url: string, text: string | Buffer, reads = 0): Promise<RawClient> => {
  const { port } = new URL(url);
  const socket: Socket = connect({ port: Number(port), host: '127.0.0.1', highWaterMark: 1_024 } as never);
  let head = '';
  let closed = false;
  socket
    .on('error', () => undefined)
    .on('close', () => {
      closed = true;
    });
  await once(socket, 'connect');
  if (reads === 0) socket.pause();
  else {
    socket.on('data', (chunk: Buffer) => {
      head += chunk.toString('latin1');
      if (head.length >= reads) socket.pause();
    });
  }
  socket.write(text);
  return { head: () => head, closed: () => closed, end: () => void socket.destroy() };
};
