import { readFileSync } from 'node:fs';
import { AppError, ERRORS, type ErrorCode } from '../src/errors.ts';

const codes = Object.keys(ERRORS) as ErrorCode[];

test('docs/errors.md explains every code, and no other', () => {
  const page = readFileSync('docs/errors.md', 'utf8');
  const explained = [...page.matchAll(/^\| `([a-z_]+)` +\|/gm)].map((match) => match[1]);
  expect(explained.sort()).toEqual([...codes].sort());
});

test.each(codes)('%s has a status, and a sentence for people', (code) => {
  expect(ERRORS[code].status).toBeGreaterThanOrEqual(400);
  expect(ERRORS[code].message).toMatch(/^[A-Z].*[A-Z.a-z"]$/);
});

test('an AppError carries its catalogue entry, its own message and its details', () => {
  const cause = new Error('inner');
  const error = new AppError('no_file', 'Send one.', { cause, details: { field: 'file' } });
  expect(error).toMatchObject({
    code: 'no_file',
    status: 400,
    retryable: false,
    publicMessage: 'Send one.',
    cause,
    details: { field: 'file' },
  });
  expect(new AppError('database_unavailable')).toMatchObject({ status: 503, retryable: true, details: {} });
});
