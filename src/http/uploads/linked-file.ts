import { detectWrongFileType } from '../../csv/sniff.ts';
import { AppError } from '../../errors.ts';
import { directUrl, sharePageMessage } from '../../network/fetch/share-links.ts';
import { startOf, type TemporaryFile, type TemporaryFiles } from './temporary-files.ts';

export interface FetchOptions {
  /** Path of the new file. */
  readonly file: string;
  readonly signal: AbortSignal;
  /** Called with the length of each chunk. */
  readonly received: (bytes: number) => void;
}

/** Downloads a file within its own limits of time and bytes, from allowed addresses only. */
export type FetchFile = (url: string, options: FetchOptions) => Promise<TemporaryFile>;

const HEAD_BYTES = 4096;

/** Errors that are not about the link. */
const OWN_ERRORS: ReadonlySet<string> = new Set(['upload_too_large', 'disk_full', 'storage_unavailable']);

const notFetched = (message: string, cause?: unknown): AppError =>
  new AppError('file_not_fetched', message, { cause, details: { errors: [{ field: 'fileUrl', message }] } });

/** What a web page in place of the file means; null for anything else. */
const pageMessage = async (url: string, file: TemporaryFile): Promise<string | null> => {
  const start = await startOf(file, HEAD_BYTES);
  if (detectWrongFileType(start)?.code !== 'csv_html') return null;
  const service = directUrl(url)?.service;
  if (service !== undefined) return sharePageMessage(service, start);
  return (
    'the URL returned a web page, such as a login or share page, instead of a file. Use the direct link of the file, ' +
    'share a Google Sheet with anyone who has the link, or upload the file itself.'
  );
};

/**
 * Downloads the file of an upload that was given by its link.
 * @throws AppError `file_not_fetched`, which names the field, or an error of this server
 */
export const fetchLinkedFile = async (
  url: string,
  files: TemporaryFiles,
  fetchFile: FetchFile,
  signal: AbortSignal,
  received: (bytes: number) => void,
): Promise<TemporaryFile> => {
  let file: TemporaryFile;
  try {
    file = await fetchFile(url, { file: files.reserve(), signal, received });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError) || OWN_ERRORS.has(error.code)) throw error;
    throw notFetched(error.publicMessage, error);
  }
  const message = await pageMessage(url, file);
  if (message !== null) throw notFetched(`fileUrl: ${message}`);
  return file;
};
