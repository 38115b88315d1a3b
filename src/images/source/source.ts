import type { Readable } from 'node:stream';
import { AppError } from '../../errors.ts';
import { parseS3Url } from '../../network/s3-url.ts';
import { type Download, type DownloadDeps, download, readBody, tooLarge } from './download.ts';
import { failureOf } from './download-failure.ts';

/** Opens an object in a bucket; throws an AppError with an image code. */
export type OpenObject = (
  bucket: string,
  key: string,
  signal: AbortSignal,
) => Promise<{ body: Readable; size: number | null; contentType: string | null }>;

export interface SourceDeps extends DownloadDeps {
  /** Absent if no bucket may be read. */
  readonly openObject?: OpenObject;
}

/** Fetches the bytes of an image URL: http(s) through the guard, `s3://` from an allowed bucket, with the same limits. */
export const fetchSource = (url: string, deps: SourceDeps): Promise<Download> =>
  /^s3:\/\//i.test(url) ? readObject(url, deps) : download(url, deps);

const readObject = async (url: string, { openObject, limits, ...deps }: SourceDeps): Promise<Download> => {
  const location = parseS3Url(url);
  if (location === null) throw new AppError('invalid_url');
  if (openObject === undefined) throw new AppError('source_bucket_not_allowed');
  const place = `s3://${location.bucket}`;
  const deadline = new AbortController();
  let body: Readable | null = null;
  const expire = (): void => {
    deadline.abort();
    body?.destroy(new Error('deadline'));
  };
  const timer = setTimeout(expire, limits.maxDownloadSeconds * 1000);
  deps.signal?.addEventListener('abort', expire, { once: true });
  try {
    const object = await openObject(location.bucket, location.key, deadline.signal);
    body = object.body;
    body.on('error', () => {});
    if ((object.size ?? 0) > limits.maxImageBytes) throw tooLarge(place, limits.maxImageBytes);
    const bytes = await readBody(body, place, limits.maxImageBytes, object.size ?? 0, deps.grow, deps.freeBytes);
    if (bytes.length === 0) throw new AppError('empty_image', `The object in ${place} is empty.`);
    const contentType = object.contentType?.split(';', 1)[0]?.trim().toLowerCase();
    return contentType ? { bytes, contentType } : { bytes };
  } catch (error) {
    throw failureOf(error, place, {
      timedOut: deadline.signal.aborted,
      seconds: limits.maxDownloadSeconds,
      bodyStarted: body !== null,
    });
  } finally {
    clearTimeout(timer);
    deps.signal?.removeEventListener('abort', expire);
    body?.destroy();
  }
};
