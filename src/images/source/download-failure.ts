import { AppError, type ImageErrorCode } from '../../errors.ts';
import {
  type ConnectionErrorKind,
  causesOf,
  codesOf,
  connectionErrorMessage,
  connectionErrorOf,
} from '../../network/connection-error.ts';

export interface FailureContext {
  /** The download's deadline has passed. */
  readonly timedOut: boolean;
  /** The deadline in seconds, for the message. */
  readonly seconds: number;
  /** The response had started before the failure. */
  readonly bodyStarted: boolean;
}

const DECODING = /^(Z_|ERR__ERROR_|ERR_BROTLI|ERR_ZSTD|ERR_PADDING)|FORMAT_/;

const CODES = {
  host_not_found: 'host_not_found',
  lookup_failed: 'host_not_found',
  certificate_chain: 'tls_failed',
  certificate: 'tls_failed',
  handshake: 'tls_failed',
  timeout: 'connection_failed',
  refused: 'connection_failed',
  closed: 'connection_failed',
  protocol: 'connection_failed',
} as const satisfies Record<ConnectionErrorKind, ImageErrorCode>;

/** Maps an error of the request or its body to an image error code with a readable message. */
export const failureOf = (error: unknown, host: string, context: FailureContext): AppError => {
  const known = causesOf(error).find((each) => each instanceof AppError);
  if (known) return known;
  const server = `the image server ${host}`;
  const failure = (code: ImageErrorCode, message: string): AppError => new AppError(code, message, { cause: error });
  if (context.timedOut) {
    return failure(
      'download_timeout',
      `The image server ${host} did not deliver the whole image within ${context.seconds} seconds.`,
    );
  }
  const codes = codesOf(error);
  const kind = connectionErrorOf(codes);
  const undecodable = codes.some((code) => DECODING.test(code));
  // A body that cannot be decoded may also close the connection.
  if (undecodable && (kind === null || kind === 'closed' || kind === 'protocol')) {
    return failure('corrupt_image', `The image server ${host} sent a response that cannot be decoded.`);
  }
  if (kind === 'closed' && context.bodyStarted) {
    return failure(
      'download_truncated',
      `The image server ${host} closed the connection before the whole image was received.`,
    );
  }
  if (kind !== null) return failure(CODES[kind], connectionErrorMessage(kind, server));
  const reason = codes.at(-1);
  return failure('connection_failed', `The connection to ${server} failed${reason ? ` (${reason})` : ''}.`);
};
