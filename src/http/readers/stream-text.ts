import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';

/** Bytes per write; small, because slow-readers.ts sees progress only by completed writes. */
const PIECE_BYTES = 64 * 1024;

/**
 * Streams generated text or bytes with backpressure. The first two slices are generated before the response starts, so
 * that errors until then get an error response. A client that disconnects ends the stream without an error.
 * @throws errors of the generator; after the second slice the response has already started
 */
export const streamText = async (
  req: Request,
  res: Response,
  slices: AsyncGenerator<string | Uint8Array>,
): Promise<void> => {
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  const first = await slices.next();
  const second = first.done ? first : await slices.next();
  if (second.done && (first.done || first.value.length <= PIECE_BYTES / 4)) {
    // Most statuses: without the machinery of streams.
    res.end(first.done ? undefined : first.value);
    return;
  }
  const all = async function* () {
    if (!first.done) yield* pieces(first.value);
    if (!second.done) yield* pieces(second.value);
    for await (const slice of slices) yield* pieces(slice);
  };
  try {
    await pipeline(Readable.from(all()), res);
  } catch (error) {
    if (!isPrematureClose(error)) throw error;
    req.log.debug('the client disconnected before the end of the response');
  }
};

function* pieces(slice: string | Uint8Array): Generator<Uint8Array> {
  const bytes = typeof slice === 'string' ? Buffer.from(slice) : slice;
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) yield bytes.subarray(from, from + PIECE_BYTES);
}

export const isPrematureClose = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_STREAM_PREMATURE_CLOSE';
