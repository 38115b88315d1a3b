import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { byteOrderMarkLength, detectDelimiter, detectWrongFileType } from '../../src/csv/sniff.ts';

const codeOf = (head: Buffer | string): string | undefined => detectWrongFileType(Buffer.from(head))?.code;

test('a CSV is accepted', () => {
  expect(detectWrongFileType(Buffer.from('S. No.,Product Name,Input Image Urls\n'))).toBeNull();
  expect(detectWrongFileType(Buffer.from('\uFEFFa'))).toBeNull();
  expect(detectWrongFileType(Buffer.from('x'))).toBeNull();
});

test('an empty file is reported', () => {
  expect(detectWrongFileType(Buffer.alloc(0))).toEqual({
    line: 1,
    column: null,
    code: 'csv_empty',
    message: 'The file is empty. Add a header row and at least one product row.',
  });
});

test.each([
  ['an .xlsx', Buffer.from('PK\u0003\u0004[Content_Types].xml'), 'csv_spreadsheet', '.xlsx'],
  ['an .xls', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), 'csv_spreadsheet', '.xls'],
  ['a PDF', Buffer.from('%PDF-1.7\n'), 'csv_not_text', 'PDF'],
  ['a gzip', gzipSync('a,b'), 'csv_not_text', 'gzip'],
  ['UTF-16 with a byte order mark', Buffer.from('\uFEFFS. No.', 'utf16le'), 'csv_invalid_encoding', 'UTF-16'],
  ['big-endian UTF-16', Buffer.from('\uFEFFS. No.', 'utf16le').swap16(), 'csv_invalid_encoding', 'UTF-16'],
  ['UTF-16 without a byte order mark', Buffer.from('S. No.', 'utf16le'), 'csv_invalid_encoding', 'UTF-16'],
  ['big-endian UTF-16 without', Buffer.from('S. No.', 'utf16le').swap16(), 'csv_invalid_encoding', 'UTF-16'],
])('%s is reported with a hint', (_, head, code, word) => {
  const error = detectWrongFileType(head);
  expect(error).toMatchObject({ line: 1, column: null, code });
  expect(error?.message).toContain(word);
});

test.each([['png'], ['jpeg'], ['gif'], ['webp']] as const)('a %s is reported as an image', async (format) => {
  const image = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
    .toFormat(format)
    .toBuffer();
  expect(detectWrongFileType(image)?.message).toContain('is an image');
  expect(codeOf(image)).toBe('csv_not_text');
});

test.each([
  ['<!DOCTYPE html>'],
  ['\n <html lang="en">'],
  ['\uFEFF<HEAD>'],
  ['<?xml version="1.0"?>'],
  ['<table>'],
  ['<!-- x -->'],
])('%j is the start of a page', (head) => {
  expect(codeOf(head)).toBe('csv_html');
});

test('NUL bytes everywhere are not mistaken for UTF-16', () => {
  expect(detectWrongFileType(Buffer.alloc(100))).toBeNull();
});

test('the byte order mark is three bytes long', () => {
  expect(byteOrderMarkLength(Buffer.from('\uFEFFa'))).toBe(3);
  expect(byteOrderMarkLength(Buffer.from('abc'))).toBe(0);
});

test.each([
  ['S. No.,Product Name,Input Image Urls\n', ','],
  ['S. No.;Product Name;Input Image Urls\r\n1;a,b,c,d,e,f;x', ';'],
  ['S. No.\tProduct Name\tImages', '\t'],
  ['\uFEFF\n\r\n;;\n"S. No.";"Name, of all, the products";"Images"', ';'],
  ['"S. No.;x";"y;z",Product Name,Images\n', ','],
  ['"S.\nNo.";Product Name;Images', ';'],
  ['S. No.,Product Name,Images;a;b;c;d;e', ','],
  ['a;b;c', ';'],
  ['abc', ','],
  ['\n\n', ','],
  [',,\n;;\n\t\n', ','],
])('the delimiter of %j is %j', (head, delimiter) => {
  expect(detectDelimiter(Buffer.from(head))).toBe(delimiter);
});
