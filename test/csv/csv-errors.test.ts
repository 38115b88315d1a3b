import { shown } from '../../src/csv/csv-errors.ts';

test('a value is quoted on one line', () => {
  expect(shown('a\r\nb\tc\u0000')).toBe('"a  b c "');
});

test('a value of up to 80 characters is shown in full, a longer one is cut to 80', () => {
  expect(shown('x'.repeat(80))).toBe(`"${'x'.repeat(80)}"`);
  expect(shown('x'.repeat(81))).toBe(`"${'x'.repeat(79)}…"`);
});

test('a surrogate pair is never cut in half', () => {
  expect(shown(`${'x'.repeat(78)}🙂🙂`)).toBe(`"${'x'.repeat(78)}…"`);
});
