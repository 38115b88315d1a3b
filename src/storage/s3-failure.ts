/** Why a storage call failed. All but `unavailable` and `throttled` persist until the operator fixes them. */
export type S3FailureKind = 'missing' | 'no_bucket' | 'refused' | 'misconfigured' | 'throttled' | 'unavailable';

export interface S3Failure {
  readonly kind: S3FailureKind;
  /** Human-readable; contains no key, credentials or address. */
  readonly reason: string;
}

const REFUSED = new Set([
  'AccessDenied',
  'AllAccessDisabled',
  'AccountProblem',
  'ExpiredToken',
  'Forbidden',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'XMinioInvalidAccessKeyId',
]);
const REGION = new Set(['AuthorizationHeaderMalformed', 'IllegalLocationConstraintException', 'PermanentRedirect']);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The codes of the error and its causes, as nested by Node and the SDK. */
const codesOf = (error: unknown): string[] => {
  const codes: string[] = [];
  let at = error as { code?: unknown; name?: unknown; cause?: unknown; errors?: unknown[] } | undefined;
  for (let depth = 0; at && depth < 5; depth += 1) {
    if (typeof at.code === 'string') codes.push(at.code);
    codes.push(text(at.name));
    at = (at.cause ?? at.errors?.[0]) as typeof at;
  }
  return codes.filter((code) => code !== '' && code !== 'Error');
};

/** Classifies an error of the SDK. */
export const classifyS3 = (error: unknown): S3Failure => {
  const codes = codesOf(error);
  const has = (name: string): boolean => codes.includes(name);
  const status = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
  if (has('NoSuchBucket')) return { kind: 'no_bucket', reason: 'the bucket does not exist' };
  if (has('NoSuchKey') || has('NotFound') || status === 404)
    return { kind: 'missing', reason: 'the object does not exist' };
  if (has('CredentialsProviderError')) {
    return { kind: 'refused', reason: 'no credentials were found' };
  }
  if (codes.some((code) => REGION.has(code)) || status === 301) {
    return { kind: 'misconfigured', reason: 'the bucket is in another region' };
  }
  if (codes.some((code) => REFUSED.has(code)) || status === 401 || status === 403) {
    return { kind: 'refused', reason: 'the credentials were rejected' };
  }
  if (has('RequestTimeTooSkewed')) return { kind: 'misconfigured', reason: 'the clock of this server is wrong' };
  if (/Region is missing/.test(text((error as Error | undefined)?.message))) {
    return { kind: 'misconfigured', reason: 'no region is set' };
  }
  if (has('SlowDown') || has('ThrottlingException') || status === 429) {
    return { kind: 'throttled', reason: 'it is rate-limiting this service' };
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return { kind: 'misconfigured', reason: `it rejected the request (${codes[0] ?? status})` };
  }
  // The SDK's retries wrap some Node errors and keep only their message.
  const inMessage = /\bE[A-Z_]{4,}\b/.exec(text((error as Error | undefined)?.message))?.[0];
  return { kind: 'unavailable', reason: `it cannot be reached (${codes[0] ?? inMessage ?? status ?? 'unknown'})` };
};
