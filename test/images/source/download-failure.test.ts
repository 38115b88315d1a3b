import { AppError } from '../../../src/errors.ts';
import { failureOf } from '../../../src/images/source/download-failure.ts';

const context = { timedOut: false, seconds: 5, bodyStarted: false };
const withCode = (code: string) => Object.assign(new Error('internal 10.0.0.1'), { code });

it.each([
  ['ENOTFOUND', 'host_not_found'],
  ['EAI_AGAIN', 'host_not_found'],
  ['ECONNREFUSED', 'connection_failed'],
  ['ECONNRESET', 'connection_failed'],
  ['EPIPE', 'connection_failed'],
  ['EHOSTUNREACH', 'connection_failed'],
  ['ENETUNREACH', 'connection_failed'],
  ['ETIMEDOUT', 'connection_failed'],
  ['HPE_INVALID_CONSTANT', 'connection_failed'],
  ['HPE_HEADER_OVERFLOW', 'connection_failed'],
  ['CERT_HAS_EXPIRED', 'tls_failed'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_failed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls_failed'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_failed'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls_failed'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_failed'],
  ['EPROTO', 'tls_failed'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls_failed'],
  ['Z_DATA_ERROR', 'corrupt_image'],
])('%s is %s', (code, expected) => {
  const failure = failureOf(withCode(code), 'cdn.example', context);
  expect(failure.code).toBe(expected);
  expect(failure.publicMessage).toContain('cdn.example');
  expect(failure.publicMessage).not.toContain('10.0.0.1');
});

it('unwraps errors wrapped by axios', () => {
  const wrapped = Object.assign(new Error('outer', { cause: withCode('ENOTFOUND') }), { code: 'ERR_NETWORK' });
  expect(failureOf(wrapped, 'cdn.example', context).code).toBe('host_not_found');
  const refused = new AppError('address_not_allowed');
  expect(failureOf(new Error('outer', { cause: refused }), 'cdn.example', context)).toBe(refused);
});

it('a reset after the start of the body is a truncated download', () => {
  expect(failureOf(withCode('ECONNRESET'), 'h', { ...context, bodyStarted: true }).code).toBe('download_truncated');
});

it('the deadline takes precedence over the error it caused', () => {
  expect(failureOf(withCode('ECONNRESET'), 'h', { ...context, timedOut: true }).code).toBe('download_timeout');
});

it('an unknown error is a failed connection', () => {
  for (const unknown of [new Error('?'), 'text', null, undefined]) {
    expect(failureOf(unknown, 'h', context).code).toBe('connection_failed');
  }
});
