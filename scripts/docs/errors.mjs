import * as catalogue from '../../dist/errors.js';
import { ERROR_HINTS } from './error-hints.mjs';
import { code, table } from './table.mjs';

const hintOf = (errorCode) => {
  const hint = ERROR_HINTS[errorCode];
  if (hint === undefined) throw new Error(`scripts/docs/error-hints.mjs has no entry for ${errorCode}`);
  return hint;
};

const rowsOf = (kinds, columns) =>
  Object.entries(kinds).map(([name, kind]) => [code(name), ...columns(kind), kind.message, hintOf(name)]);

const yesNo = (value) => (value ? 'yes' : 'no');

/** The codes with status and message from src/errors.ts, and what to do from error-hints.mjs. */
export const errorBlocks = () => {
  const { REQUEST_ERRORS, CSV_ERRORS, IMAGE_ERRORS, ERRORS } = catalogue;
  const extra = Object.keys(ERROR_HINTS).filter((name) => ERRORS[name] === undefined);
  if (extra.length > 0) throw new Error(`scripts/docs/error-hints.mjs has entries for no code: ${extra.join(', ')}`);
  return {
    'errors:request': table(
      ['code', 'status', 'try again', 'message', 'what to do'],
      rowsOf(REQUEST_ERRORS, ({ status, retryable }) => [status, yesNo(retryable)]),
    ),
    'errors:csv': table(
      ['code', 'message', 'what to do'],
      rowsOf(CSV_ERRORS, () => []),
    ),
    'errors:image': table(
      ['code', 'retried', 'message', 'what to do'],
      rowsOf(IMAGE_ERRORS, ({ retryable }) => [yesNo(retryable)]),
    ),
  };
};
