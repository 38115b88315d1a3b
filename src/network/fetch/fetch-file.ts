import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errnoOf, isDiskFull } from '../../errno.ts';
import { AppError } from '../../errors.ts';
import type { GuardedAgents } from '../agents.ts';
import { causesOf, codesOf, connectionErrorMessage, connectionErrorOf } from '../connection-error.ts';
import { parseHttpUrl } from '../url.ts';
import { byteLimit } from './byte-limit.ts';
import { googleSheetCsv } from './google-sheets.ts';
import { guardedGet } from './guarded-get.ts';
import { directUrl, type ShareService, shareLoginMessage } from './share-links.ts';
import { withoutRequest } from './without-request.ts';

export interface FetchFileOptions {
  readonly agents: Pick<GuardedAgents, 'http' | 'https'>;
  /** Path of the new file; removed again if the download fails. */
  readonly file: string;
  /** Bytes of the file, after decoding. */
  readonly maxBytes: number;
  /** Seconds for all of it. */
  readonly maxSeconds: number;
  /** Aborted when the file is no longer wanted; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Called with the length of each chunk. */
  readonly received?: (bytes: number) => void;
  readonly maxRedirects?: number;
  readonly userAgent?: string;
}

export interface FetchedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** The server's Content-Type, in lower case without parameters. */
  readonly contentType?: string;
}

const ACCEPT =
  'text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,text/tab-separated-values,*/*;q=0.8';

const UPLOAD_INSTEAD = 'or upload the file itself';

const invalid = (message: string, cause?: unknown): AppError =>
  new AppError('invalid_field', `fileUrl: ${message}`, { cause });

const assertStatus = (status: number, host: string, share: ShareService | undefined): void => {
  if (status === 200 || status === 203) return;
  if (status === 401 || status === 403) {
    if (share !== undefined) throw invalid(shareLoginMessage(share));
    throw invalid(
      `${host} denies access (status ${status}). Share the file with anyone who has the link, ${UPLOAD_INSTEAD}.`,
    );
  }
  if (status === 404 || status === 410) {
    throw invalid(`${host} has no file at this URL (status ${status}). Check the link, ${UPLOAD_INSTEAD}.`);
  }
  throw invalid(`${host} did not deliver the file (status ${status}). Try again later, ${UPLOAD_INSTEAD}.`);
};

const tooLarge = (maxBytes: number): AppError =>
  new AppError('upload_too_large', `The file at fileUrl is larger than ${maxBytes} bytes, the limit of this server.`);

const failureOf = (error: unknown, host: string): Error => {
  const known = causesOf(error).find((each) => each instanceof AppError);
  if (known?.code === 'upload_too_large' || known?.code === 'invalid_field') return known;
  if (known !== undefined) return invalid(known.publicMessage, error);
  if (isDiskFull(errnoOf(error))) return new AppError('disk_full', undefined, { cause: error });
  const kind = connectionErrorOf(codesOf(error));
  const problem = kind === null ? `The connection to ${host} failed.` : connectionErrorMessage(kind, host);
  return invalid(`${problem} Check the link, ${UPLOAD_INSTEAD}.`, error);
};

/**
 * Downloads a file that was given by its link. Every hop uses the guarded agents; time, redirects and bytes are bounded.
 * A Google Sheets link becomes its CSV export, a share link its download. SOURCE_HEADERS are not sent: the answer would show
 * strangers what they protect.
 * @throws AppError `invalid_field`, `upload_too_large` or `disk_full`; its message contains the host, never the query
 */
export const fetchFile = async (text: string, options: FetchFileOptions): Promise<FetchedFile> => {
  const { agents, file, maxBytes, maxSeconds, signal, received = () => {}, maxRedirects = 5 } = options;
  const link = googleSheetCsv(text.trim());
  const share = directUrl(link);
  const url = parseHttpUrl(share?.url ?? link);
  if (url === null) throw invalid('must be an http(s) URL of a CSV or XLSX file.');
  signal?.throwIfAborted();
  let { host } = url;
  let late = false;
  let body: Readable | null = null;
  const ends = new AbortController();
  const end = (): void => ends.abort();
  const timer = setTimeout(() => {
    late = true;
    end();
  }, maxSeconds * 1000);
  signal?.addEventListener('abort', end, { once: true });
  try {
    const response = await guardedGet(url, {
      ...{ agents, maxRedirects, signal: ends.signal, accept: ACCEPT, peer: 'server' },
      ...(options.userAgent !== undefined && { userAgent: options.userAgent }),
      onHop: (hop) => {
        host = hop.host;
      },
    });
    body = response.body;
    assertStatus(response.status, host, share?.service);
    if (Number(response.header('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
    const output = createWriteStream(file);
    const limit = byteLimit(maxBytes, () => tooLarge(maxBytes), received);
    await pipeline([body, limit, output], { signal: ends.signal });
    const contentType = response.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
    return { path: file, size: output.bytesWritten, ...(contentType && { contentType }) };
  } catch (error) {
    withoutRequest(error);
    await rm(file, { force: true });
    if (late)
      throw invalid(`${host} took longer than ${maxSeconds} seconds. Try again later, ${UPLOAD_INSTEAD}.`, error);
    signal?.throwIfAborted();
    throw failureOf(error, host);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    body?.destroy();
  }
};
