import { furtherLabels, OUTPUT_FORMAT_NAMES, OUTPUT_FORMATS } from '../src/output-formats.ts';
import { contentTypeOf, OUTPUT_NAME, outputName } from '../src/storage/storage.ts';

const ID = '0b5c3f0e-1f0e-4f57-9a3c-5b1c8a1f2d3e';

test.each(OUTPUT_FORMAT_NAMES)('a name of a %s output is recognized, with its Content-Type', (format) => {
  const name = outputName(ID, format);
  expect(name).toMatch(OUTPUT_NAME);
  expect(contentTypeOf(name)).toBe(OUTPUT_FORMATS[format].contentType);
});

test('no other extension is recognized', () => {
  const extensions = /\(\?:([a-z|]+)\)\$$/.exec(OUTPUT_NAME.source)?.[1]?.split('|');
  expect(extensions).toEqual(Object.values(OUTPUT_FORMATS).map(({ extension }) => extension));
});

test.each([
  [[], []],
  [[{ format: 'jpeg', quality: 50 }], []],
  [
    [
      { format: 'jpeg', quality: 50 },
      { format: 'jpeg', quality: 50, maxSide: 80 },
      { format: 'webp', quality: 50 },
      { format: 'webp', quality: 60 },
      { format: 'webp', quality: 50, maxSide: 80 },
    ],
    ['jpeg 80', 'webp quality 50', 'webp quality 60', 'webp 80'],
  ],
] as const)('further outputs of %j are named by format, side and, where needed, quality', (outputs, labels) => {
  expect(furtherLabels(outputs)).toEqual(labels);
});
