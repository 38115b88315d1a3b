export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

const SHAPE = /^s3:\/\/([^/]+)\/(.+)$/is;
const MAX_KEY_BYTES = 1024;

/**
 * Parses `s3://bucket/key`; null if invalid. The key is percent-decoded, because white space separates URLs in a CSV cell;
 * `?` and `#` are part of the key.
 * Keys with empty, `.` or `..` parts are rejected: on a path-style store, `s3://allowed/../other/key` could access a bucket
 * other than the one checked.
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
