import { parseRecord, strictRecord } from '../../src/csv/record.ts';

test.each([
  ['', ['']],
  ['a,b', ['a', 'b']],
  ['a,', ['a', '']],
  [' a , b ', [' a ', ' b ']],
  ['"a,b","c""d",""', ['a,b', 'c"d', '']],
  ['""""', ['"']],
  ['"a\r\nb",c', ['a\r\nb', 'c']],
  ['1, "a,b" ,c', ['1', 'a,b', 'c']],
  ['5" pipe,"x"', ['5" pipe', 'x']],
  ['"12" screen",x', ['12 screen"', 'x']],
  ['"a" "b,c"', ['a "b', 'c"']],
  ['"never, closed', ['never, closed']],
])('%j is split into cells', (text, cells) => {
  expect(parseRecord(text, 0, ',').cells).toEqual(cells);
});

test('a record ends at LF, CR and CRLF, and returns the offset of the next', () => {
  expect(parseRecord('a\nb', 0, ',')).toEqual({ cells: ['a'], end: 2 });
  expect(parseRecord('a\rb', 0, ',')).toEqual({ cells: ['a'], end: 2 });
  expect(parseRecord('a\r\nb', 0, ',')).toEqual({ cells: ['a'], end: 3 });
  expect(parseRecord('a\nb;c', 2, ';').cells).toEqual(['b', 'c']);
});

test('blanks around a quoted cell may be tabs, unless the tab is the delimiter', () => {
  expect(parseRecord('\t"a,b"\t,c', 0, ',').cells).toEqual(['a,b', 'c']);
  expect(parseRecord('\t"a"\tb', 0, '\t').cells).toEqual(['', 'a', 'b']);
});

test('a non-RFC record is rewritten strictly, with non-ASCII bytes unchanged', () => {
  expect(strictRecord(Buffer.from('ä,5" ü, "x"'), ',').toString()).toBe('"ä","5"" ü","x"');
});
