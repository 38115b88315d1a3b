import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { byteOrderMarkLength, detectDelimiter, sniffFault } from '../../src/csv/sniff.ts';

const codeOf = (head: Buffer | string): string | undefined => sniffFault(Buffer.from(head))?.code;

test('a CSV has nothing that speaks against it', () => {
  expect(sniffFault(Buffer.from('S. No.,Product Name,Input Image Urls\n'))).toBeNull();
  expect(sniffFault(Buffer.from('\uFEFFa'))).toBeNull();
  expect(sniffFault(Buffer.from('x'))).toBeNull();
});

test('an empty file is told so', () => {
  expect(sniffFault(Buffer.alloc(0))).toEqual({
    line: 1,
    column: null,
    code: 'csv_empty',
    message: 'The file is empty. Send a header row and at least one product.',
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
])('%s is told with its cure', (_, head, code, word) => {
  const fault = sniffFault(head);
  expect(fault).toMatchObject({ line: 1, column: null, code });
  expect(fault?.message).toContain(word);
});

test.each([['png'], ['jpeg'], ['gif'], ['webp']] as const)('a %s is told to be an image', async (format) => {
  const image = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
    .toFormat(format)
    .toBuffer();
  expect(sniffFault(image)?.message).toContain('is an image');
  expect(codeOf(image)).toBe('csv_not_text');
});

test.each([
  ['<!DOCTYPE html>'],
  ['\n <html lang="en">'],
  ['\uFEFF<HEAD>'],
  ['<?xml version="1.0"?>'],
  ['<table>'],
  ['<!-- x -->'],
])('%j begins a page', (head) => {
  expect(codeOf(head)).toBe('csv_html');
});

test('NUL bytes everywhere are not taken for UTF-16', () => {
  expect(sniffFault(Buffer.alloc(100))).toBeNull();
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
