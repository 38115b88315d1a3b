import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';

/** Answers one request; `attempt` counts the requests of this path from 1. */
export type Behaviour = (response: ServerResponse, attempt: number, request: IncomingMessage) => void;

/** A real picture: noise, so that it neither compresses to nothing nor is flat. */
export const makeImage = async (
  format: 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'tiff',
  { width = 64, height = 48, quality = 90 } = {},
): Promise<Buffer> => {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const image = sharp({ create: { width, height, channels: 3, background: '#888888', noise } });
  return image.toFormat(format, { quality }).toBuffer();
};

/** The bytes with status 200 and their length. */
export const ok =
  (bytes: Buffer, contentType = 'image/jpeg', headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': bytes.length, ...headers }).end(bytes);
  };

export const status =
  (code: number, headers: Record<string, string> = {}, body = `status ${code}`): Behaviour =>
  (response) => {
    response.writeHead(code, headers).end(body);
  };

/** Fails the first `times` requests in the given way, then answers in the other. */
export const failThen =
  (times: number, failure: Behaviour, then: Behaviour): Behaviour =>
  (response, attempt, request) =>
    (attempt <= times ? failure : then)(response, attempt, request);

export const redirect = (to: string, code = 302): Behaviour => status(code, { Location: to });

/** Takes the request and never answers. */
export const silent: Behaviour = () => {};

/** Waits, then answers in the given way. */
export const slow =
  (milliseconds: number, then: Behaviour): Behaviour =>
  (response, attempt, request) => {
    const timer = setTimeout(() => then(response, attempt, request), milliseconds);
    response.on('close', () => clearTimeout(timer));
  };

/** One byte every so often, without end in sight. */
export const drip =
  (bytes: Buffer, everyMs = 50): Behaviour =>
  (response) => {
    response.writeHead(200, { 'Content-Type': 'image/jpeg' });
    let at = 0;
    const timer = setInterval(() => response.write(bytes.subarray(at, ++at)), everyMs);
    response.on('close', () => clearInterval(timer));
  };

/** Promises the whole, sends half of it and hangs up. */
export const truncated =
  (bytes: Buffer): Behaviour =>
  (response) => {
    response.writeHead(200, { 'Content-Type': 'image/jpeg', 'Content-Length': bytes.length });
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
  };

/** Sends half in a chunked body and hangs up before its last chunk. */
export const truncatedChunked =
  (bytes: Buffer): Behaviour =>
  (response) => {
    response.writeHead(200, { 'Content-Type': 'image/jpeg' });
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
  };

/** Bytes without length and without end, as fast as they are taken. */
export const endless: Behaviour = (response) => {
  response.writeHead(200, { 'Content-Type': 'image/jpeg' });
  const chunk = Buffer.alloc(64 * 1024, 0xff);
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
};

/** Says a length that is not the body's; the connection closes after it. */
export const lyingLength =
  (bytes: Buffer, length: number): Behaviour =>
  (_response, _attempt, { socket }) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: ${length}\r\n\r\n`);
    socket.end(bytes);
  };

export const html = ok(Buffer.from('<!doctype html><html><body>Please log in</body></html>'), 'image/jpeg');

/** Zeros that are few bytes on the wire and many after decoding. */
export const gzipBomb = (decodedBytes: number): Behaviour =>
  ok(gzipSync(Buffer.alloc(decodedBytes)), 'image/jpeg', { 'Content-Encoding': 'gzip' });

/** Hangs up without an answer. */
export const reset: Behaviour = (response) => {
  response.destroy();
};

/** An image server on loopback whose paths behave as they are told; unknown paths answer 404. */
export class ImageServer {
  readonly #server: Server;
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #requests: IncomingMessage[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#requests.push(request);
      const path = this.#pathOf(request);
      const behaviour = this.#behaviours.get(path) ?? status(404);
      behaviour(response, this.count(path), request);
    });
  }

  static async start(behaviours: Record<string, Behaviour> = {}): Promise<ImageServer> {
    const server = new ImageServer();
    await new Promise<void>((listening) => server.#server.listen(0, '127.0.0.1', listening));
    for (const [path, behaviour] of Object.entries(behaviours)) server.on(path, behaviour);
    return server;
  }

  #pathOf(request: IncomingMessage): string {
    return new URL(request.url ?? '/', 'http://localhost').pathname;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Sets how a path behaves and returns its URL. */
  on(path: string, behaviour: Behaviour): string {
    this.#behaviours.set(path, behaviour);
    return this.url(path);
  }

  url(path: string): string {
    return `${this.origin}${path}`;
  }

  /** Requests so far, of one path or of all. */
  count(path?: string): number {
    return path === undefined ? this.#requests.length : this.requests(path).length;
  }

  requests(path: string): IncomingMessage[] {
    return this.#requests.filter((request) => this.#pathOf(request) === path);
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
  }
}
