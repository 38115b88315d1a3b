import { codesOf, connectionErrorMessage, connectionErrorOf } from '../../src/network/connection-error.ts';

test.each([
  ['ENOTFOUND', 'host_not_found'],
  ['EAI_AGAIN', 'lookup_failed'],
  ['CERT_HAS_EXPIRED', 'certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate_chain'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'certificate_chain'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate_chain'],
  ['EPROTO', 'handshake'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'handshake'],
  ['ETIMEDOUT', 'timeout'],
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'closed'],
  ['HPE_INVALID_EOF_STATE', 'closed'],
  ['HPE_INVALID_CONSTANT', 'protocol'],
  ['EHOSTUNREACH', null],
])('%s is %s', (code, kind) => {
  expect(connectionErrorOf([code])).toBe(kind);
});

test('the codes of all causes count', () => {
  const cause = Object.assign(new Error('inner'), { code: 'ECONNREFUSED' });
  const error = Object.assign(new Error('outer', { cause }), { code: 'ERR_NETWORK' });
  expect(codesOf(error)).toEqual(['ERR_NETWORK', 'ECONNREFUSED']);
  expect(connectionErrorOf(codesOf(error))).toBe('refused');
  expect(codesOf('no error')).toEqual([]);
});

test('the message names the peer', () => {
  expect(connectionErrorMessage('timeout', 'the receiver')).toBe('The connection to the receiver timed out.');
});
