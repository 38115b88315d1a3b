import { AppError } from '../../errors.ts';

export interface FailureContext {
  /** The download's deadline has passed. */
  readonly timedOut: boolean;
  /** The deadline in seconds, for the message. */
  readonly seconds: number;
  /** The response had started before the failure. */
  readonly bodyStarted: boolean;
}

const property = (value: unknown, name: 'cause' | 'code'): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** The error and its causes, outermost first: axios wraps Node's errors. */
const chainOf = (error: unknown): unknown[] => {
  const chain: unknown[] = [];
  for (let at = error; at && chain.length < 5; at = property(at, 'cause')) chain.push(at);
  return chain;
};

const codesOf = (chain: readonly unknown[]): string[] =>
  chain.map((each) => property(each, 'code')).filter((code) => typeof code === 'string');

/** OpenSSL's verification codes, and Node's code for a host name mismatch. */
const CERTIFICATE =
  /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|CRL_)/;
const HANDSHAKE = /^(EPROTO$|ERR_SSL_|ERR_TLS_)/;
const DECODING = /^(Z_|ERR__ERROR_|ERR_BROTLI|ERR_ZSTD|ERR_PADDING)|FORMAT_/;
const ENDED = /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|HPE_INVALID_EOF_STATE)$/;

/** Maps an error of the request or its body to an image error code with a readable message. */
export const failureOf = (error: unknown, host: string, context: FailureContext): AppError => {
  const chain = chainOf(error);
  const known = chain.find((each) => each instanceof AppError);
  if (known) return known;
  if (context.timedOut) {
    return new AppError(
      'download_timeout',
      `The image server ${host} did not deliver the whole image within ${context.seconds} seconds.`,
      { cause: error },
    );
  }
  const codes = codesOf(chain);
  const has = (pattern: RegExp): boolean => codes.some((code) => pattern.test(code));
  const failure = (code: ConstructorParameters<typeof AppError>[0], sentence: string): AppError =>
    new AppError(code, sentence, { cause: error });

  if (has(/^EAI_AGAIN$/)) {
    return failure('host_not_found', `The host name ${host} could not be looked up: no name server answered.`);
  }
  if (has(/^(ENOTFOUND|EAI_)/)) return failure('host_not_found', `The host name ${host} was not found.`);
  if (has(CERTIFICATE)) return failure('tls_failed', `The certificate of the image server ${host} is not valid.`);
  if (has(HANDSHAKE))
    return failure('tls_failed', `A secure connection to the image server ${host} could not be established.`);
  if (has(/^ETIMEDOUT$/)) {
    return failure('connection_failed', `The connection to the image server ${host} timed out.`);
  }
  if (has(DECODING))
    return failure('corrupt_image', `The image server ${host} sent a response that cannot be decoded.`);
  if (context.bodyStarted && has(ENDED)) {
    return failure(
      'download_truncated',
      `The image server ${host} closed the connection before the whole image was received.`,
    );
  }
  if (has(/^HPE_/)) return failure('connection_failed', `The server ${host} did not send a valid HTTP response.`);
  const reason = codes.at(-1);
  return failure(
    'connection_failed',
    `The connection to the image server ${host} failed${reason ? ` (${reason})` : ''}.`,
  );
};
