import { existsSync, readFileSync } from 'node:fs';
import { CSV_ERRORS, IMAGE_ERRORS } from '../src/errors.ts';
import { ADDRESS_CASES } from './hostile/address-cases.ts';
import { DOWNLOAD_CASES } from './hostile/download-cases.ts';
import { LIMIT_CASES } from './hostile/limit-cases.ts';
import { OTHER_FORMAT_CASES } from './hostile/other-formats.ts';
import { PICTURE_CASES } from './hostile/picture-cases.ts';

test.each(['docs/security.md', 'SECURITY.md'])('%s names files that there are', (document) => {
  const named = [...readFileSync(document, 'utf8').matchAll(/`((?:src|test)\/[^`]*)`/g)].map(([, path]) => path ?? '');
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});

test('the corpus meets every code that an image server or an image can cause', () => {
  const cases = [...ADDRESS_CASES, ...DOWNLOAD_CASES, ...PICTURE_CASES, ...OTHER_FORMAT_CASES, ...LIMIT_CASES];
  const met = new Set(cases.map(({ code }) => code));
  const elsewhere = [
    // Of other tests: buckets, a full disk, crashes, and encodes that take two minutes.
    'source_bucket_not_allowed',
    'storage_failed',
    'worker_crashed',
    'attempts_exhausted',
    'processing_timeout',
  ];
  expect(Object.keys(IMAGE_ERRORS).filter((code) => !met.has(code))).toEqual(elsewhere.sort(byCatalogue));
  expect(cases.length).toBeGreaterThan(250);
  expect([...met].filter((code) => code in CSV_ERRORS)).toEqual([]);
});

const byCatalogue = (a: string, b: string): number =>
  Object.keys(IMAGE_ERRORS).indexOf(a) - Object.keys(IMAGE_ERRORS).indexOf(b);
