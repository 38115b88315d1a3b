import { shown } from '../../src/csv/faults.ts';

test('a value is shown in quotes and on one line', () => {
  expect(shown('a\r\nb\tc\u0000')).toBe('"a  b c "');
});

test('a value of 80 characters is shown whole, a longer one is cut to 80', () => {
  expect(shown('x'.repeat(80))).toBe(`"${'x'.repeat(80)}"`);
  expect(shown('x'.repeat(81))).toBe(`"${'x'.repeat(79)}…"`);
});

test('a character outside of the basic plane is never cut in half', () => {
  expect(shown(`${'x'.repeat(78)}🙂🙂`)).toBe(`"${'x'.repeat(78)}…"`);
});
