import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';

/** Of one write. A client is seen to read by writes that are done (slow-readers.ts): each is small enough to be soon. */
const PIECE_BYTES = 64 * 1024;

/**
 * Sends a text that is made slice by slice, each when the client has taken the one before. The first is made before
 * the answer begins, so that what fails until then is answered as an error. A client that leaves ends it quietly.
 * @throws what making a slice fails with; after the first one the answer has begun
 */
export const streamText = async (req: Request, res: Response, slices: AsyncGenerator<string>): Promise<void> => {
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  const first = await slices.next();
  const all = async function* () {
    if (!first.done) yield* pieces(first.value);
    for await (const slice of slices) yield* pieces(slice);
  };
  try {
    await pipeline(Readable.from(all()), res);
  } catch (error) {
    if (!isPrematureClose(error)) throw error;
    req.log.debug('the client left before the end of the answer');
  }
};

function* pieces(slice: string): Generator<Buffer> {
  const bytes = Buffer.from(slice);
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) yield bytes.subarray(from, from + PIECE_BYTES);
}

export const isPrematureClose = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_STREAM_PREMATURE_CLOSE';
