import { createCipheriv } from 'node:crypto';
import type { ImageServer } from '../support/servers/image-server.mjs';

/** The servers a case can use for its URL. */
export interface World {
  readonly server: ImageServer;
  /** Origins of TLS servers, by the state of their certificate. */
  readonly tls: Readonly<Record<'trusted' | 'self-signed' | 'expired' | 'other name' | 'stalled', string>>;
  /** The trusted TLS server redirects this path to the URL. */
  redirectFromTls(path: string, to: string): string;
  /** An origin with a closed port on loopback. */
  readonly closedPort: string;
  /** An origin with an open port that is not in ALLOWED_PORTS. */
  readonly otherPort: string;
}

/** One named attack or oddity, with its expected outcome. */
export interface HostileCase {
  readonly name: string;
  /** `completed`, or the code of the image's error. */
  readonly code: string;
  /** Sets up the server for the case, and returns the URL of its image. */
  readonly url: (world: World, path: string) => string | Promise<string>;
  /** Must not occur in the output. */
  readonly absent?: string;
}

type Bytes = Buffer | (() => Buffer | Promise<Buffer>);

/** Hostile bytes, served correctly. */
export const bytesCase = (name: string, code: string, bytes: Bytes, absent?: string): HostileCase => ({
  name,
  code,
  url: async ({ server }, path) => {
    const body = typeof bytes === 'function' ? await bytes() : bytes;
    return server.on(path, (response) => {
      response.writeHead(200, { 'Content-Type': 'image/jpeg', 'Content-Length': body.length }).end(body);
    });
  },
  ...(absent === undefined ? {} : { absent }),
});

/** Repeats the bytes. */
export const times = (count: number, bytes: Buffer): Buffer =>
  Buffer.alloc(bytes.length * count, new Uint8Array(bytes));

/** Pseudo-random bytes, the same in every run. */
export const noise = (length: number): Buffer =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(length));
