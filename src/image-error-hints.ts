import type { ImageErrorCode } from './errors.ts';

/**
 * What to do about each image error, beyond its message: for docs/errors.md and for the file of failed rows. Markdown, of
 * which only code spans are used.
 */
export const IMAGE_ERROR_HINTS: Readonly<Record<ImageErrorCode, string>> = {
  invalid_url: 'Fix the URL in the CSV.',
  address_not_allowed:
    'The address is private or reserved. Ask your administrator to allow it (`ALLOW_PRIVATE_NETWORKS`).',
  port_not_allowed: 'Ask your administrator to allow the port (`ALLOWED_PORTS`).',
  source_bucket_not_allowed: 'Ask your administrator to allow the bucket (`S3_SOURCE_BUCKETS`).',
  host_not_found: 'Check the host name.',
  connection_failed: 'Check that the image server is running.',
  tls_failed: 'Renew the certificate of the image server, or install the intermediate certificates that it leaves out.',
  download_timeout: 'Retry later, or raise `MAX_DOWNLOAD_SECONDS`.',
  download_truncated: 'Check the image server.',
  source_unauthorized:
    'It returned 401 or 403. Make the image public or sign its URL, or ask your administrator to set `DOWNLOAD_USER_AGENT` or `SOURCE_HEADERS`.',
  source_not_found: 'It returned 404 or 410. Fix the URL.',
  source_rate_limited:
    'It returned 429; its `Retry-After` is respected, and it gets fewer connections automatically. If this continues, lower `MAX_CONNECTIONS_PER_ORIGIN`.',
  source_unavailable: 'It returned 408, 425 or 5xx; its `Retry-After` is respected.',
  source_rejected: 'It returned another 4xx status, shown in the message.',
  too_many_redirects: 'Use the final URL, or raise `MAX_REDIRECTS`.',
  invalid_redirect: 'Use the final URL.',
  partial_content: 'The image server is misconfigured.',
  image_too_large: 'Use a smaller source, or raise `MAX_IMAGE_BYTES`.',
  too_many_pixels: 'Over `MAX_IMAGE_PIXELS`, over the memory there is, or a side too long for the output format.',
  too_many_frames: 'More than 10,000 frames or pages.',
  empty_image: 'Check the image server.',
  not_an_image: 'The server sent something else, such as an HTML page; the message says what.',
  unsupported_image_format: 'Such as SVG, PSD or JPEG XL. Convert it first.',
  corrupt_image: 'Export the image again.',
  processing_timeout: 'Give the service more CPU, or use a cheaper format.',
  storage_failed: 'Retried without limit; the attempt does not count.',
  worker_crashed: 'Retried alone, in quarantine.',
  attempts_exhausted: 'Check the memory limits, then the image. The other images of the request completed.',
};

const HINTS: Readonly<Record<string, string>> = IMAGE_ERROR_HINTS;

/** The hint of a code as plain text; undefined if there is none. */
export const plainHint = (code: string): string | undefined => HINTS[code]?.replaceAll('`', '');
