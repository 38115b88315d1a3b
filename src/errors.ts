/**
 * Every code the service can answer with, and what it means to the person who reads it.
 *
 * `status` is the HTTP status a code is answered with (RFC 9110). Codes of images and of CSV faults are not answered
 * on their own: they stand inside a status or inside the `errors` of `csv_invalid`, and carry 422.
 * `retryable` says whether the same thing may succeed later without anyone changing it.
 * `npm run generate` writes docs/errors.md from this catalogue.
 */
export interface ErrorKind {
  readonly status: number;
  readonly retryable: boolean;
  readonly message: string;
}

const permanent = (status: number, message: string): ErrorKind => ({ status, retryable: false, message });
const transient = (status: number, message: string): ErrorKind => ({ status, retryable: true, message });

/** Answered by the API as `application/problem+json`. */
export const REQUEST_ERRORS = {
  invalid_request: permanent(400, 'The request could not be understood.'),
  invalid_field: permanent(400, 'A field of the request has a value that is not allowed.'),
  no_file: permanent(400, 'No CSV file was sent. Send one as multipart/form-data, for example: -F file=@products.csv'),
  too_many_files: permanent(400, 'More than one file was sent. Send one CSV a request.'),
  unauthorized: permanent(401, 'An API key is needed: send it as "Authorization: Bearer KEY" or "X-Api-Key: KEY".'),
  forbidden: permanent(403, 'This API key may not make this call.'),
  route_not_found: permanent(404, 'There is nothing at this address. The README lists every call.'),
  request_not_found: permanent(404, 'No request has this id. Use the requestId that the upload answered.'),
  webhook_not_found: permanent(404, 'The upload of this request named no webhookUrl.'),
  image_not_found: permanent(404, 'No image is stored under this name.'),
  method_not_allowed: permanent(405, 'This address does not take this method.'),
  request_timeout: transient(
    408,
    'The request stalled, or took longer to arrive than this server waits. Send it again.',
  ),
  not_finished: transient(409, 'The request is still being processed. Ask again when its status is final.'),
  already_finished: permanent(409, 'The request is finished; there is nothing left to cancel.'),
  nothing_to_retry: permanent(409, 'No image of the request failed or was cancelled.'),
  idempotency_key_in_use: transient(
    409,
    'An upload with this Idempotency-Key is still being received or stored. Send it again in a moment.',
  ),
  upload_too_large: permanent(413, 'The upload is larger than this server takes.'),
  unsupported_media_type: permanent(415, 'The upload must be multipart/form-data with one CSV file in it.'),
  precondition_failed: permanent(412, 'The image is not the version that If-Match or If-Unmodified-Since asks for.'),
  range_not_satisfiable: permanent(416, 'The asked range lies outside the image.'),
  csv_invalid: permanent(422, 'The CSV has faults; nothing was stored. Mend them and send it again.'),
  idempotency_key_reused: permanent(
    422,
    'This Idempotency-Key was sent before with another file or other fields. Take a new key for a new upload.',
  ),
  rate_limited: transient(429, 'Too many calls in a short time. Wait as long as Retry-After says.'),
  quota_exceeded: transient(429, 'Too many images are waiting already. Upload again when some are done.'),
  too_many_uploads: transient(
    429,
    'This client has as many uploads in flight as it may. Send the upload again when some of them are done.',
  ),
  headers_too_large: permanent(431, 'The address and headers of the request are larger than this server takes.'),
  internal_error: transient(500, 'Something went wrong on this server. The log has the details under the same id.'),
  database_unavailable: transient(
    503,
    'The database cannot be reached at the moment. Nothing is lost; try again soon.',
  ),
  storage_unavailable: transient(503, 'The image store cannot be reached at the moment. Try again soon.'),
  storage_misconfigured: permanent(
    500,
    'The image store cannot be used as this server is set up. Its operator has to mend that.',
  ),
  uploads_busy: transient(503, 'This server is receiving as many uploads as it can. Send the upload again soon.'),
  disk_full: transient(503, 'The disk of this server has no room for the upload. Send it again later.'),
  too_many_reads: transient(429, 'Too many answers are being read at the same time. Read those first, or try again.'),
  too_many_listeners: transient(503, 'Too many clients listen to events here already. Ask for the status instead.'),
  shutting_down: transient(503, 'The server is stopping. Try again in a few seconds.'),
} as const satisfies Record<string, ErrorKind>;

/** Faults of an uploaded CSV: each is reported with its line, its column and what to do. */
export const CSV_ERRORS = {
  csv_empty: permanent(422, 'The file is empty.'),
  csv_not_text: permanent(422, 'The file is binary, not a CSV.'),
  csv_spreadsheet: permanent(422, 'The file is a spreadsheet, not a CSV. Save it as "CSV UTF-8" and send that.'),
  csv_html: permanent(422, 'The file is an HTML page, not a CSV.'),
  csv_invalid_encoding: permanent(422, 'The file is not UTF-8. Save it as "CSV UTF-8".'),
  csv_missing_column: permanent(422, 'A column is missing from the header row.'),
  csv_duplicate_column: permanent(422, 'A column stands more than once in the header row.'),
  csv_no_rows: permanent(422, 'The file has a header row and no products.'),
  csv_unclosed_quote: permanent(422, 'A quoted cell is never closed.'),
  csv_row_too_long: permanent(422, 'A row is longer than this server takes.'),
  csv_too_many_columns: permanent(422, 'The file has more columns than this server takes.'),
  csv_value_too_long: permanent(422, 'A serial number, a product name or a column name is too long.'),
  csv_row_without_urls: permanent(422, 'A row has no image URL.'),
  csv_invalid_url: permanent(422, 'An image URL is not a valid http(s) address.'),
  csv_bucket_not_allowed: permanent(422, 'An s3:// URL names a bucket that this server may not read.'),
  csv_too_many_rows: permanent(422, 'The file has more rows than this server takes in one upload.'),
  csv_too_many_urls: permanent(422, 'The file has more image URLs than this server takes in one upload.'),
} as const satisfies Record<string, ErrorKind>;

/** Why an image failed; stands in the status beside the image. */
export const IMAGE_ERRORS = {
  invalid_url: permanent(422, 'The URL is not a valid http(s) address.'),
  address_not_allowed: permanent(422, 'The URL leads to an address that this server may not reach.'),
  port_not_allowed: permanent(422, 'The URL leads to a port that this server may not reach.'),
  source_bucket_not_allowed: permanent(422, 'The s3:// URL names a bucket that this server may not read.'),
  host_not_found: transient(422, 'The host name of the URL does not exist.'),
  connection_failed: transient(422, 'The connection to the image server failed.'),
  tls_failed: permanent(422, 'The certificate of the image server is not valid.'),
  download_timeout: transient(422, 'The image server took too long.'),
  download_truncated: transient(422, 'The image server closed the connection before the whole image had arrived.'),
  source_unauthorized: permanent(422, 'The image server asks for a login or refuses access.'),
  source_not_found: permanent(422, 'The image server has no image at this URL.'),
  source_rate_limited: transient(422, 'The image server asks for a slower pace.'),
  source_unavailable: transient(422, 'The image server is having trouble.'),
  source_rejected: permanent(422, 'The image server refused the request.'),
  too_many_redirects: permanent(422, 'The URL redirects too many times.'),
  invalid_redirect: permanent(422, 'The URL redirects to something that is not an http(s) address.'),
  partial_content: permanent(422, 'The image server sent a part of the image that nobody asked for.'),
  image_too_large: permanent(422, 'The image has more bytes than this server takes.'),
  too_many_pixels: permanent(422, 'The image has more pixels than this server takes.'),
  too_many_frames: permanent(422, 'The image has more frames than this server takes.'),
  empty_image: permanent(422, 'The image server sent no bytes.'),
  not_an_image: permanent(422, 'The URL does not lead to an image.'),
  unsupported_image_format: permanent(422, 'The image is of a format that this server does not read.'),
  corrupt_image: permanent(422, 'The image is damaged and cannot be read.'),
  processing_timeout: transient(422, 'The image took too long to compress.'),
  storage_failed: transient(503, 'The result could not be stored; it is tried again.'),
  worker_crashed: transient(500, 'The image made its worker stop.'),
  attempts_exhausted: permanent(422, 'The image stopped every worker that tried it, and was given up.'),
} as const satisfies Record<string, ErrorKind>;

export const ERRORS = { ...REQUEST_ERRORS, ...CSV_ERRORS, ...IMAGE_ERRORS } as const;

export type CsvErrorCode = keyof typeof CSV_ERRORS;
export type ImageErrorCode = keyof typeof IMAGE_ERRORS;
export type ErrorCode = keyof typeof ERRORS;

/** Facts that travel beside the message, for example the faults of a CSV or the seconds to wait. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The one error class of the service: a stable code, and a message that may be shown to anyone. */
export class AppError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'AppError';
  readonly code: Code;
  readonly status: number;
  readonly retryable: boolean;
  readonly publicMessage: string;
  readonly details: ErrorDetails;

  /**
   * @param code an entry of the catalogue, which gives status and retryability
   * @param publicMessage shown to the user instead of the catalogue's sentence; must hold no secret
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
