import { parseS3Url } from './s3-url.ts';
import { parseHttpUrl } from './url.ts';

/** What answers for a URL: its scheme, host and port, or its bucket; null for what is not a URL. */
export const serverOf = (text: string): string | null => {
  const url = parseHttpUrl(text);
  if (url !== null) return url.origin;
  const object = parseS3Url(text);
  return object === null ? null : `s3://${object.bucket}`;
};
