// @ts-check
/** The image server of tests, benchmarks and the demo. Plain JavaScript, because bench/ and scripts/ run without a build. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';

/**
 * Responds to one request; `attempt` counts the requests for this path from 1.
 * @typedef {(
 *   response: import('node:http').ServerResponse,
 *   attempt: number,
 *   request: import('node:http').IncomingMessage,
 * ) => void} Behaviour
 */

/** @typedef {{ port?: number, backlog?: number, keepAliveMs?: number }} ServerOptions by default a free port */

/** @typedef {{ readonly origin: string, readonly port: number, close(): Promise<void> }} LocalServer */

/**
 * Starts an HTTP server on loopback. Closing it drops open connections.
 * @param {import('node:http').RequestListener} listener
 * @param {ServerOptions} [options]
 * @returns {Promise<LocalServer>}
 */
export const startServer = async (listener, { port = 0, backlog, keepAliveMs } = {}) => {
  const server = createServer(listener);
  if (keepAliveMs !== undefined) server.keepAliveTimeout = keepAliveMs;
  await new Promise((listening, failed) => {
    server.once('error', failed).listen({ port, host: '127.0.0.1', backlog }, () => listening(undefined));
  });
  const { port: used } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${used}`,
    port: used,
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
};

/**
 * An image of noise, so that it is neither flat nor compresses to nothing.
 * @param {'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'tiff'} format
 * @returns {Promise<Buffer>}
 */
export const makeImage = async (format, { width = 64, height = 48, quality = 90 } = {}) => {
  const noise = /** @type {const} */ ({ type: 'gaussian', mean: 128, sigma: 30 });
  const image = sharp({ create: { width, height, channels: 3, background: '#888888', noise } });
  return image.toFormat(format, { quality }).toBuffer();
};

/**
 * Status 200 with the bytes and their length.
 * @param {Buffer} bytes
 * @param {string} [contentType]
 * @param {Record<string, string>} [headers]
 * @returns {Behaviour}
 */
export const ok =
  (bytes, contentType = 'image/jpeg', headers = {}) =>
  (response) => {
    response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': bytes.length, ...headers }).end(bytes);
  };

/**
 * @param {number} code
 * @param {Record<string, string>} [headers]
 * @returns {Behaviour}
 */
export const status =
  (code, headers = {}, body = `status ${code}`) =>
  (response) => {
    response.writeHead(code, headers).end(body);
  };

/**
 * The first `times` requests fail, later ones do not.
 * @param {number} times
 * @param {Behaviour} failure
 * @param {Behaviour} then
 * @returns {Behaviour}
 */
export const failThen = (times, failure, then) => (response, attempt, request) =>
  (attempt <= times ? failure : then)(response, attempt, request);

/** @param {string} to @returns {Behaviour} */
export const redirect = (to, code = 302) => status(code, { Location: to });

/** Never responds. @type {Behaviour} */
export const silent = () => {};

/**
 * Responds after a pause.
 * @param {number} milliseconds
 * @param {Behaviour} then
 * @returns {Behaviour}
 */
export const slow = (milliseconds, then) => (response, attempt, request) => {
  const timer = setTimeout(() => then(response, attempt, request), milliseconds);
  response.on('close', () => clearTimeout(timer));
};

/**
 * Sends one byte at a time and never ends.
 * @param {Buffer} bytes
 * @returns {Behaviour}
 */
export const drip =
  (bytes, everyMs = 50) =>
  (response) => {
    response.writeHead(200, { 'Content-Type': 'image/jpeg' });
    let at = 0;
    const timer = setInterval(() => {
      response.write(bytes.subarray(at, at + 1));
      at += 1;
    }, everyMs);
    response.on('close', () => clearInterval(timer));
  };

/** @param {Buffer} bytes @returns {Behaviour} */
const sendHalf =
  (bytes, headers = {}) =>
  (response) => {
    response.writeHead(200, { 'Content-Type': 'image/jpeg', ...headers });
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
  };

/** Announces the full length, sends half of the bytes and closes the connection. @param {Buffer} bytes */
export const truncated = (bytes) => sendHalf(bytes, { 'Content-Length': bytes.length });

/**
 * Sends half of the bytes in a chunked body and closes the connection before the last chunk.
 * @param {Buffer} bytes
 */
export const truncatedChunked = (bytes) => sendHalf(bytes);

/** An endless body without a length, sent as fast as it is read. @type {Behaviour} */
export const endless = (response) => {
  response.writeHead(200, { 'Content-Type': 'image/jpeg' });
  const chunk = Buffer.alloc(64 * 1024, 0xff);
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
};

/**
 * Sends a Content-Length that differs from the body's, then closes the connection.
 * @param {Buffer} bytes
 * @param {number} length
 * @returns {Behaviour}
 */
export const lyingLength =
  (bytes, length) =>
  (_response, _attempt, { socket }) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: ${length}\r\n\r\n`);
    socket.end(bytes);
  };

/** A web page with the type of an image. */
export const html = ok(Buffer.from('<!doctype html><html><body>Please log in</body></html>'), 'image/jpeg');

/** Zeros: few bytes on the wire, many after decoding. @param {number} decodedBytes */
export const gzipBomb = (decodedBytes) =>
  ok(gzipSync(Buffer.alloc(decodedBytes)), 'image/jpeg', { 'Content-Encoding': 'gzip' });

/** Closes the connection without a response. @type {Behaviour} */
export const reset = (response) => {
  response.destroy();
};

/** @type {Readonly<Record<string, string>>} */
export const IMAGE_TYPES = { '.jpg': 'image/jpeg', '.png': 'image/png', '.webp': 'image/webp' };

/**
 * Serves the images of a folder.
 * @param {string} directory
 * @returns {Behaviour}
 */
export const folder = (directory) => async (response, _attempt, request) => {
  // Only the last segment of the path is used, so nothing outside the folder can be requested.
  const file = join(directory, basename(new URL(request.url ?? '/', 'http://localhost').pathname));
  const type = IMAGE_TYPES[extname(file)];
  const found = type === undefined ? undefined : await stat(file).catch(() => undefined);
  if (found === undefined) return void response.writeHead(404).end();
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': found.size });
  createReadStream(file).pipe(response);
};

/** An image server on loopback with a behaviour for each path. It records the requests. */
export class ImageServer {
  /** @type {LocalServer | undefined} */
  #server;
  /** @type {Map<string, Behaviour>} */
  #behaviours = new Map();
  /** @type {Map<string, import('node:http').IncomingMessage[]>} */
  #requests = new Map();
  #count = 0;
  /** @type {Promise<void> | null} */
  #held = null;
  /** @type {string | null} */
  #heldPath = null;
  #fallback;
  /** Downloads in flight, and their maximum so far. */
  load = { now: 0, most: 0 };

  /** @param {Behaviour} fallback */
  constructor(fallback) {
    this.#fallback = fallback;
  }

  /**
   * @param {Readonly<Record<string, Behaviour>>} [behaviours] by path
   * @param {ServerOptions & { fallback?: Behaviour }} [options] `fallback` is for all other paths; default: 404
   */
  static async start(behaviours = {}, { fallback = status(404), ...options } = {}) {
    const server = new ImageServer(fallback);
    for (const [path, behaviour] of Object.entries(behaviours)) server.#behaviours.set(path, behaviour);
    server.#server = await startServer((request, response) => server.#respond(request, response), options);
    return server;
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  #respond(request, response) {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const requests = this.requests(path);
    if (requests.length === 0) this.#requests.set(path, requests);
    requests.push(request);
    this.#count += 1;
    this.load.now += 1;
    this.load.most = Math.max(this.load.most, this.load.now);
    response.on('close', () => {
      this.load.now -= 1;
    });
    const attempt = requests.length;
    const respond = () => (this.#behaviours.get(path) ?? this.#fallback)(response, attempt, request);
    if (this.#held === null || (this.#heldPath ?? path) !== path) respond();
    else void this.#held.then(respond);
  }

  /**
   * Withholds responses until the returned function is called.
   * @param {string | null} path only of this path; by default all
   */
  hold(path = null) {
    let release = () => {};
    this.#heldPath = path;
    this.#held = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }

  get port() {
    return this.#server?.port ?? 0;
  }

  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /**
   * Sets the behaviour of a path and returns its URL.
   * @param {string} path
   * @param {Behaviour} behaviour
   */
  on(path, behaviour) {
    this.#behaviours.set(path, behaviour);
    return this.url(path);
  }

  /** @param {string} path */
  url(path) {
    return `${this.origin}${path}`;
  }

  /** Number of requests so far, for one path or in total. @param {string} [path] */
  count(path) {
    return path === undefined ? this.#count : this.requests(path).length;
  }

  /** @param {string} path */
  requests(path) {
    return this.#requests.get(path) ?? [];
  }

  async close() {
    await this.#server?.close();
  }
}

/** Responds to every path with the same small JPEG. @param {number} [latencyMs] */
export const startPictures = async (latencyMs = 0) => {
  const jpeg = ok(await makeImage('jpeg'));
  return ImageServer.start({}, { fallback: latencyMs === 0 ? jpeg : slow(latencyMs, jpeg) });
};
