/** Why an outgoing connection failed, by the error codes of Node, c-ares and OpenSSL. */
export type ConnectionErrorKind =
  | 'host_not_found'
  | 'lookup_failed'
  | 'certificate_chain'
  | 'certificate'
  | 'handshake'
  | 'timeout'
  | 'refused'
  | 'closed'
  | 'protocol';

/** The first match applies, because an error and its causes may have several codes. */
const KINDS: readonly (readonly [ConnectionErrorKind, RegExp])[] = [
  ['lookup_failed', /^EAI_AGAIN$/],
  ['host_not_found', /^(ENOTFOUND|EAI_)/],
  // The server sends its certificate without the intermediate one, which browsers fetch themselves.
  ['certificate_chain', /^UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)$/],
  // OpenSSL's verification codes, and Node's code for a host name mismatch.
  [
    'certificate',
    /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|CRL_)/,
  ],
  ['handshake', /^(EPROTO$|ERR_SSL_|ERR_TLS_)/],
  ['timeout', /^ETIMEDOUT$/],
  ['refused', /^ECONNREFUSED$/],
  ['closed', /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|HPE_INVALID_EOF_STATE)$/],
  ['protocol', /^HPE_/],
];

const MESSAGES: Readonly<Record<ConnectionErrorKind, (peer: string) => string>> = {
  host_not_found: (peer) => `The host name of ${peer} was not found.`,
  lookup_failed: (peer) => `The host name of ${peer} could not be resolved: no name server answered.`,
  certificate_chain: (peer) =>
    `The certificate chain of ${peer} is incomplete or ends at an unknown authority: its operator must add the intermediate certificate.`,
  certificate: (peer) => `The certificate of ${peer} is not valid.`,
  handshake: (peer) => `The TLS handshake with ${peer} failed.`,
  timeout: (peer) => `The connection to ${peer} timed out.`,
  refused: (peer) => `The connection to ${peer} was refused.`,
  closed: (peer) => `The connection to ${peer} was closed before a response was received.`,
  protocol: (peer) => `The response of ${peer} is not valid HTTP.`,
};

const property = (value: unknown, name: 'cause' | 'code'): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** The error and its causes, outermost first: axios wraps Node's errors. */
export const causesOf = (error: unknown): unknown[] => {
  const causes: unknown[] = [];
  for (let at = error; at && causes.length < 5; at = property(at, 'cause')) causes.push(at);
  return causes;
};

/** The codes of the error and its causes. */
export const codesOf = (error: unknown): string[] =>
  causesOf(error)
    .map((each) => property(each, 'code'))
    .filter((code) => typeof code === 'string');

/** @returns null for codes that say nothing about the connection */
export const connectionErrorOf = (codes: readonly string[]): ConnectionErrorKind | null =>
  KINDS.find(([, pattern]) => codes.some((code) => pattern.test(code)))?.[0] ?? null;

/** @param peer as in a sentence, for example `the image server cdn.example` */
export const connectionErrorMessage = (kind: ConnectionErrorKind, peer: string): string => MESSAGES[kind](peer);
