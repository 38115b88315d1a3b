import { PassThrough, type Readable, type Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Request, Response } from 'express';
import { AppError } from '../../../errors.ts';
import { byteLimit } from '../../../network/fetch/byte-limit.ts';
import { type BodyLimits, OVERHEAD_BYTES, type ReceivedBody, type Receiving, uploadTooLarge } from './body.ts';
import { guardBody } from './body-guard.ts';
import { fromStream } from './streams.ts';
import { parseForm, parseJson } from './text-fields.ts';

/** Bodies that are one file, and small ones of fields: forms and JSON. */

const TEXT_BYTES = 2 * 1024 * 1024;

const textTooLarge = (): AppError =>
  new AppError(
    'upload_too_large',
    'Form and JSON bodies are limited to 2 MiB. Send a larger table as a file: curl -F file=@products.csv .../api/upload',
  );

/** `Content-Encoding` of a body that is not multipart. */
const isCompressed = (req: Request): boolean => /^(?:x-)?gzip$/i.test(req.headers['content-encoding'] ?? '');

/**
 * Feeds a body to `use`, inflated if it is compressed and at most `maxBytes` of it. The request itself is never destroyed,
 * as its connection has to carry the answer.
 */
const readPlain = <T>(
  req: Request,
  res: Response,
  { maxUploadBytes, stallMs }: BodyLimits,
  { signal, received }: Receiving,
  limit: (onBytes: (bytes: number) => void) => Transform,
  use: (source: Readable, steps: Transform[]) => Promise<T>,
): Promise<T> => {
  const compressed = isCompressed(req);
  let total = 0;
  const onChunk = (bytes: number): AppError | null => {
    total += bytes;
    if (!compressed) received(bytes);
    return total > maxUploadBytes + OVERHEAD_BYTES ? uploadTooLarge(maxUploadBytes) : null;
  };
  const source = new PassThrough();
  const cutOff = (): void => {
    if (!req.readableEnded) source.destroy(new AppError('invalid_request', 'The upload was interrupted.'));
  };
  return guardBody(req, res, { signal, stallMs, onChunk }, async () => {
    req.once('close', cutOff).once('error', cutOff).pipe(source);
    try {
      // Inflated bytes are what takes disk space.
      return await use(source, compressed ? [createGunzip(), limit(received)] : [limit(() => undefined)]);
    } catch (error) {
      req.unpipe(source);
      req.resume();
      throw fromStream(error);
    } finally {
      req.off('close', cutOff);
    }
  });
};

/** Reads a body that is the file itself. */
export const readRawFile = async (
  req: Request,
  res: Response,
  limits: BodyLimits,
  receiving: Receiving,
): Promise<ReceivedBody> => {
  const { maxUploadBytes } = limits;
  const limit = (onBytes: (bytes: number) => void) =>
    byteLimit(maxUploadBytes, () => uploadTooLarge(maxUploadBytes), onBytes);
  const file = await readPlain(req, res, limits, receiving, limit, (source, steps) =>
    receiving.files.write(source, ...steps),
  );
  return { file: file.size === 0 ? null : file, fields: {}, fileName: null };
};

/** Reads a form (`application/x-www-form-urlencoded`) or a JSON object. */
export const readTextFields = async (
  req: Request,
  res: Response,
  limits: BodyLimits,
  receiving: Receiving,
): Promise<ReceivedBody> => {
  const limit = (onBytes: (bytes: number) => void) => byteLimit(TEXT_BYTES, textTooLarge, onBytes);
  const text = await readPlain(req, res, limits, receiving, limit, async (source, steps) => {
    const chunks: Buffer[] = [];
    const collect = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk);
        done();
      },
    });
    await pipeline([source, ...steps, collect], { signal: receiving.signal });
    return Buffer.concat(chunks).toString();
  });
  return { file: null, fileName: null, fields: req.is('application/json') ? parseJson(text) : parseForm(text) };
};
