import { createCipheriv } from 'node:crypto';
import type { ImageServer } from '../support/servers/image-server.ts';

/** What a case may use to say where its URL leads. */
export interface World {
  readonly server: ImageServer;
  /** Origins of servers that speak TLS, by what is the matter with their certificate. */
  readonly tls: Readonly<Record<'trusted' | 'self-signed' | 'expired' | 'other name' | 'stalled', string>>;
  /** The trusted TLS server redirects this path to the URL. */
  redirectFromTls(path: string, to: string): string;
  /** An origin that is on loopback where nobody listens. */
  readonly nobody: string;
  /** An origin at a port that ALLOWED_PORTS leaves out; somebody listens there. */
  readonly otherPort: string;
}

/** One named attack, or oddity, and what must become of it. */
export interface HostileCase {
  readonly name: string;
  /** `completed`, or the code of the image's error. */
  readonly code: string;
  /** Where the image is; the case sets its server up for that. */
  readonly url: (world: World, path: string) => string | Promise<string>;
  /** What must not be found in the output. */
  readonly absent?: string;
}

type Bytes = Buffer | (() => Buffer | Promise<Buffer>);

/** Bytes that are served as they should be: only they are hostile. */
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

/** The same bytes so many times. */
export const times = (count: number, bytes: Buffer): Buffer =>
  Buffer.alloc(bytes.length * count, new Uint8Array(bytes));

/** Bytes without any order, the same in every run. */
export const noise = (length: number): Buffer =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(length));
