import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { makeImage } from '../support/servers/image-server.ts';

export interface LocalServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** A server on loopback; closing it cuts off whoever is connected. */
export const serve = async (listener: RequestListener): Promise<LocalServer> => {
  const server: Server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};

/** Answers `/missing…` with 404, and all else with a small photo. */
export const servePhotos = async (): Promise<LocalServer> => {
  const jpeg = await makeImage('jpeg');
  return serve((req, res) => {
    if (req.url?.startsWith('/missing')) res.writeHead(404).end();
    else res.writeHead(200, { 'Content-Type': 'image/jpeg', 'Content-Length': jpeg.length }).end(jpeg);
  });
};

/** Lets a server be used, and closes it whatever happens. */
export const using = async <T>(server: LocalServer, work: (origin: string) => Promise<T>): Promise<T> => {
  try {
    return await work(server.origin);
  } finally {
    await server.close();
  }
};

export interface RawClient {
  /** The first bytes of what came, as far as they were read. */
  readonly head: () => string;
  readonly closed: () => boolean;
  end(): void;
}

/**
 * Connects and writes; reads no more than the first `reads` bytes of the answer, after which the sender must see that
 * nobody takes what it sends.
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
