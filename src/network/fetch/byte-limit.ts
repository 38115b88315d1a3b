import { Transform } from 'node:stream';

/** Passes bytes on, and fails with the error once there are more than `maxBytes`: before they are written anywhere. */
export const byteLimit = (
  maxBytes: number,
  error: () => Error,
  onChunk: (bytes: number) => void = () => undefined,
): Transform => {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      if (total > maxBytes) return done(error());
      onChunk(chunk.length);
      done(null, chunk);
    },
  });
};
