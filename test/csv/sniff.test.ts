import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { detectWrongFileType } from '../../src/csv/sniff.ts';

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
  ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x53, 0, 0, 0]), 'csv_invalid_encoding', 'UTF-32'],
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
