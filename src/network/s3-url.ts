export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

const SHAPE = /^s3:\/\/([^/]+)\/(.+)$/is;
const MAX_KEY_BYTES = 1024;

/**
 * Reads `s3://bucket/key`, or gives null. The key is percent-decoded, because a cell of the CSV separates URLs by white
 * space; `?` and `#` are part of it.
 * Keys with empty, `.` or `..` parts are refused: on a path-style store `s3://allowed/../other/key` may reach another
 * bucket than the one that was checked.
 */
export const parseS3Url = (text: string): S3Location | null => {
  const [, bucket, encoded] = SHAPE.exec(text) ?? [];
  if (bucket === undefined || encoded === undefined) return null;
  const key = decoded(encoded);
  if (key === null || Buffer.byteLength(key) > MAX_KEY_BYTES || /[\p{Cc}\\]/u.test(key)) return null;
  return key.split('/').some((part) => part === '' || part === '.' || part === '..') ? null : { bucket, key };
};

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};
