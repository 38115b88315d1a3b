// What a member of a replica set answers when something is wrong (codes: error_codes.yml of MongoDB).
export const NOT_PRIMARY = { ok: 0, code: 10107, codeName: 'NotWritablePrimary', errmsg: 'not primary' };
export const NOT_READABLE = {
  ...{ ok: 0, code: 13435, codeName: 'NotPrimaryNoSecondaryOk', errmsg: 'not primary and secondaryOk=false' },
};
export const TOO_OLD = {
  ok: 0,
  code: 225,
  codeName: 'TransactionTooOld',
  errmsg: 'a newer retryable write was made already',
};
export const INTERRUPTED = {
  code: 11602,
  codeName: 'InterruptedDueToReplStateChange',
  errmsg: 'operation was interrupted',
};
export const NO_MAJORITY = {
  ...{ code: 64, codeName: 'WriteConcernTimeout', errmsg: 'waiting for replication timed out' },
  errInfo: { wtimeout: true },
};
