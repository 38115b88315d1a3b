/**
 * Every error code of the service, with the message shown to users.
 *
 * `status` is the HTTP status (RFC 9110). Image and CSV codes are never answered on their own: they appear inside a
 * status or in the `errors` of `csv_invalid`.
 * `retryable`: the same call may succeed later without any change.
 * `npm run generate` writes docs/errors.md from this catalogue.
 */
export interface ErrorKind {
  readonly status: number;
  readonly retryable: boolean;
  readonly message: string;
}

const permanent = (status: number, message: string): ErrorKind => ({ status, retryable: false, message });
const transient = (status: number, message: string): ErrorKind => ({ status, retryable: true, message });

/** Returned by the API as `application/problem+json`. */
export const REQUEST_ERRORS = {
  invalid_request: permanent(400, 'The request is malformed.'),
  invalid_field: permanent(400, 'A field of the request has an invalid value.'),
  no_file: permanent(
    400,
    'No file was uploaded. Send the CSV as multipart/form-data, for example: -F file=@products.csv',
  ),
  too_many_files: permanent(400, 'More than one file was uploaded. Send one CSV per request.'),
  unauthorized: permanent(401, 'An API key is required. Send it as "Authorization: Bearer KEY" or "X-Api-Key: KEY".'),
  forbidden: permanent(403, 'This API key is not allowed to make this call.'),
  route_not_found: permanent(404, 'No such route. See /docs for all routes.'),
  request_not_found: permanent(404, 'No request has this id. Use the requestId returned by the upload.'),
  webhook_not_found: permanent(404, 'This request was uploaded without a webhookUrl.'),
  image_not_found: permanent(404, 'No image has this name.'),
  method_not_allowed: permanent(405, 'This route does not support this method.'),
  request_timeout: transient(408, 'The request stalled or took too long to send. Send it again.'),
  not_finished: transient(409, 'The request is still being processed. Try again when it has finished.'),
  already_finished: permanent(409, 'The request has already finished, so there is nothing to cancel.'),
  nothing_to_retry: permanent(409, 'The request has no failed or cancelled images to retry.'),
  delivery_in_progress: transient(409, 'The webhook is being sent right now. Try again when that attempt has ended.'),
  idempotency_key_in_use: transient(
    409,
    'An upload with this Idempotency-Key is still in progress. Try again in a moment.',
  ),
  upload_too_large: permanent(413, 'The upload is larger than this server allows.'),
  unsupported_media_type: permanent(
    415,
    'This content type is not accepted. Send the file as a form (curl -F file=@products.csv .../api/upload) or as the body (curl -H "Content-Type: text/csv" --data-binary @products.csv .../api/upload).',
  ),
  precondition_failed: permanent(412, 'The image does not match If-Match or If-Unmodified-Since.'),
  range_not_satisfiable: permanent(416, 'The requested range is outside the image.'),
  csv_invalid: permanent(422, 'The CSV has errors, so nothing was stored. Fix them and upload it again.'),
  idempotency_key_reused: permanent(
    422,
    'This Idempotency-Key was already used with a different file or different fields. Use a new key for each upload.',
  ),
  file_not_fetched: permanent(422, 'The file at fileUrl could not be downloaded.'),
  rate_limited: transient(429, 'Too many calls. Retry after the time given in Retry-After.'),
  quota_exceeded: transient(429, 'Too many images are already queued. Upload again when some have finished.'),
  too_many_uploads: transient(
    429,
    'This client has too many uploads in progress. Upload again when some have finished.',
  ),
  too_many_previews: transient(429, 'This client has other previews in progress. Try again when they have finished.'),
  headers_too_large: permanent(431, 'The URL and headers of the request are larger than this server allows.'),
  internal_error: transient(500, 'Something went wrong on this server. Its log has the details under the same id.'),
  database_unavailable: transient(503, 'The database is temporarily unavailable. Nothing is lost; try again soon.'),
  storage_unavailable: transient(503, 'The image storage is temporarily unavailable. Try again soon.'),
  storage_misconfigured: permanent(500, 'The image storage is misconfigured. Contact the administrator.'),
  previews_busy: transient(503, 'This server is busy with other previews. Try again soon.'),
  previews_unavailable: permanent(501, 'This instance processes no images (ROLE=api), so it cannot preview any.'),
  uploads_busy: transient(503, 'This server is busy with other uploads. Try again soon.'),
  disk_full: transient(503, 'The server has no disk space for the upload. Try again later.'),
  too_many_reads: transient(
    429,
    'Too many responses are being read at the same time. Finish reading those, or try again.',
  ),
  too_many_listeners: transient(503, 'Too many clients are listening to events. Poll the status instead.'),
  shutting_down: transient(503, 'The server is shutting down. Try again in a few seconds.'),
} as const satisfies Record<string, ErrorKind>;

/** Errors in an uploaded CSV, each reported with its line, its column and how to fix it. */
export const CSV_ERRORS = {
  csv_empty: permanent(422, 'The file is empty.'),
  csv_not_text: permanent(422, 'The file is binary, not a CSV.'),
  csv_spreadsheet: permanent(422, 'The spreadsheet cannot be read. Save it as .xlsx or as "CSV UTF-8".'),
  csv_html: permanent(422, 'The file is an HTML page, not a CSV.'),
  csv_invalid_encoding: permanent(422, 'The file is not UTF-8. Save it as "CSV UTF-8".'),
  csv_missing_column: permanent(422, 'A column is missing from the header row.'),
  csv_no_rows: permanent(422, 'The file has a header row but no products.'),
  csv_unclosed_quote: permanent(422, 'A quoted cell is never closed.'),
  csv_row_too_long: permanent(422, 'A row is longer than this server allows.'),
  csv_too_many_columns: permanent(422, 'The file has more columns than this server allows.'),
  csv_value_too_long: permanent(422, 'A serial number, a product name or a column name is too long.'),
  csv_no_urls: permanent(422, 'The file has no image URL.'),
  csv_invalid_url: permanent(422, 'An image URL is not a valid http(s) URL.'),
  csv_bucket_not_allowed: permanent(422, 'An s3:// URL names a bucket that this server is not allowed to read.'),
  csv_too_many_rows: permanent(422, 'The file has more rows than this server allows in one upload.'),
  csv_too_many_urls: permanent(422, 'The file has more image URLs than this server allows in one upload.'),
} as const satisfies Record<string, ErrorKind>;

/** Why an image failed; shown with the image in the status. */
export const IMAGE_ERRORS = {
  invalid_url: permanent(422, 'This is not a valid http(s) URL.'),
  address_not_allowed: permanent(422, 'The URL leads to an address that this server is not allowed to access.'),
  port_not_allowed: permanent(422, 'The URL leads to a port that this server is not allowed to access.'),
  source_bucket_not_allowed: permanent(422, 'The s3:// URL names a bucket that this server is not allowed to read.'),
  host_not_found: transient(422, 'The host name in the URL does not exist.'),
  connection_failed: transient(422, 'The connection to the image server failed.'),
  tls_failed: permanent(422, 'The certificate of the image server is invalid.'),
  download_timeout: transient(422, 'The image server took too long to respond.'),
  download_truncated: transient(422, 'The image server closed the connection before the whole image was received.'),
  source_unauthorized: permanent(422, 'The image server denied access or requires a login.'),
  source_not_found: permanent(422, 'The image server has no image at this URL.'),
  source_rate_limited: transient(422, 'The image server is rate-limiting this service.'),
  source_unavailable: transient(422, 'The image server has an error.'),
  source_rejected: permanent(422, 'The image server refused the request.'),
  too_many_redirects: permanent(422, 'The URL redirects too many times.'),
  invalid_redirect: permanent(422, 'The URL redirects to something that is not an http(s) URL.'),
  partial_content: permanent(422, 'The image server sent a partial response (206) to a full request.'),
  image_too_large: permanent(422, 'The image has more bytes than this server allows.'),
  too_many_pixels: permanent(422, 'The image has more pixels than this server allows.'),
  too_many_frames: permanent(422, 'The image has more frames than this server allows.'),
  empty_image: permanent(422, 'The image server sent an empty response.'),
  not_an_image: permanent(422, 'The URL does not point to an image.'),
  unsupported_image_format: permanent(422, 'This image format is not supported.'),
  corrupt_image: permanent(422, 'The image is damaged and cannot be read.'),
  processing_timeout: transient(422, 'The image took too long to compress.'),
  storage_failed: transient(503, 'The result could not be stored; it will be retried.'),
  worker_crashed: transient(500, 'The image crashed its worker.'),
  attempts_exhausted: permanent(422, 'The image crashed its worker on every attempt.'),
} as const satisfies Record<string, ErrorKind>;

export const ERRORS = { ...REQUEST_ERRORS, ...CSV_ERRORS, ...IMAGE_ERRORS } as const;

export type CsvErrorCode = keyof typeof CSV_ERRORS;
export type ImageErrorCode = keyof typeof IMAGE_ERRORS;
export type ErrorCode = keyof typeof ERRORS;

/** Facts sent with the message, for example the errors of a CSV or the seconds to wait. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The only error class of the service: a stable code, and a message that is safe to show to anyone. */
export class AppError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'AppError';
  readonly code: Code;
  readonly status: number;
  readonly retryable: boolean;
  readonly publicMessage: string;
  readonly details: ErrorDetails;

  /**
   * @param code an entry of the catalogue, which gives status and retryability
   * @param publicMessage replaces the catalogue's message; must not contain secrets
   */
  constructor(code: Code, publicMessage?: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    const kind = ERRORS[code];
    const message = publicMessage ?? kind.message;
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = kind.status;
    this.retryable = kind.retryable;
    this.publicMessage = message;
    this.details = options.details ?? {};
  }
}
