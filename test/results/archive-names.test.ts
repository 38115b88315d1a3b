import {
  createFolderNames,
  createImageNames,
  namePatternError,
  originalName,
} from '../../src/results/archive-names.ts';

const IMAGE = {
  ...{ id: '0190a6f0', serialNumber: 'SKU1', productName: 'Mug', row: 7, n: 2 },
  inputUrl: 'https://cdn.example/a/red%20mug.jpeg?w=9',
};
const nameOf = (pattern: string, image: Partial<typeof IMAGE> = {}): string =>
  createImageNames(pattern)({ ...IMAGE, ...image }, 'jpg');

test.each([
  ['{serial}-{n}', 'SKU1-2.jpg'],
  ['{product}/{original}', 'Mug/red mug.jpg'],
  ['{row}_{id}', '7_0190a6f0.jpg'],
  ['shop/{serial}/{product}/{n}', 'shop/SKU1/Mug/2.jpg'],
  ['photo', 'photo.jpg'],
  ['../{n}', '_/2.jpg'],
  ['con/{n}', '_con/2.jpg'],
  ['missing.txt/{n}', '_missing.txt/2.jpg'],
])('%s gives %s', (pattern, name) => {
  expect(namePatternError(pattern)).toBeNull();
  expect(nameOf(pattern)).toBe(name);
});

test.each([
  ['{serial}-{product}/{n}', { serialNumber: '' }, 'Mug/2.jpg'],
  ['{serial}-{product}/{n}', { productName: '' }, 'SKU1/2.jpg'],
  ['{serial}-{product}/{n}', { serialNumber: '', productName: '' }, 'row-7/2.jpg'],
  ['{serial}-{n}', { serialNumber: '' }, 'row-7-2.jpg'],
  ['{product}-{n}', { productName: '' }, 'SKU1-2.jpg'],
  ['{product}-{n}', { productName: '', serialNumber: '' }, 'row-7-2.jpg'],
  ['{original}', { inputUrl: 'https://cdn.example/' }, 'image.jpg'],
])('%s of a row with %j is %s', (pattern, image, name) => {
  expect(nameOf(pattern, image)).toBe(name);
});

test.each([
  ['https://x/a.jpg', 'a'],
  ['https://x/a/b.tar.gz#top', 'b.tar'],
  ['https://x/photo?file=c.jpg', 'photo'],
  ['https://x/%E2%82%AC.png', '€'],
  ['https://x/%2e%2e%2fetc%2fpasswd', 'passwd'],
  ['https://x/50%.png', '50%'],
  ['https://me:secret@x/.png', '.png'],
  ['https://x', ''],
  ['s3://bucket/folder/what?.jpg', 'what?'],
  ['s3://bucket/a%20b.webp', 'a b'],
])('{original} of %s is "%s"', (url, name) => {
  expect(originalName(url)).toBe(name);
});

test.each([
  ['{name}', /unknown placeholder \{name\}; allowed: \{serial\}, \{product\}, \{row\}, \{n\}, \{original\}, \{id\}/],
  ['{}', /unknown placeholder/],
  ['{SERIAL}', /unknown placeholder/],
  ['{serial', /brace/],
  ['n}', /brace/],
  ['/{n}', /empty/],
  ['{n}/', /empty/],
  ['a/b/c/d/e/{n}', /folders/],
])('%s is refused', (pattern, message) => {
  expect(namePatternError(pattern)).toMatch(message);
});

test('values cannot make folders or names that a system rejects', () => {
  for (const bad of ['../../x', 'a/b', 'a\\b', 'C:\\x', 'nul', 'x\u202Egpj', ' . ', '<>:"|?*', '\u0000']) {
    const name = nameOf('{serial}/{product}/{original}', {
      ...{ serialNumber: bad, productName: bad, inputUrl: `https://x/${encodeURIComponent(bad)}.png` },
    });
    expect(name.split('/')).toHaveLength(3);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be in a name.
    expect(name).not.toMatch(/[<>:"\\|?*\u0000-\u001f\u202e]|(^|\/)[. ]|[. ](\/|$)|(^|\/)nul(\/|\.|$)/i);
  }
});

test('long values are cut, so that a path stays short', () => {
  const long = {
    serialNumber: 's'.repeat(500),
    productName: '😀'.repeat(250),
    inputUrl: `https://x/${'u'.repeat(8_000)}`,
  };
  for (const pattern of ['{serial}', '{serial}/{product}', 'a/b/{serial}/{product}/{original}']) {
    expect(nameOf(pattern, long).length).toBeLessThanOrEqual(210);
    expect(nameOf(pattern, long).isWellFormed()).toBe(true);
  }
});

test('equal names are numbered, whatever their case and normal form', () => {
  const name = createImageNames('{product}');
  const names = ['Mug', 'mug', 'MUG (2)', 'Mug', 'é', 'e\u0301'].map((product) =>
    name({ ...IMAGE, productName: product }, 'jpg'),
  );
  expect(names).toEqual(['Mug.jpg', 'mug (2).jpg', 'MUG (2) (2).jpg', 'Mug (3).jpg', 'é.jpg', 'é (2).jpg']);
});

test('200,000 equal names, and names that look numbered already, are all different', () => {
  const name = createImageNames('{product}');
  const seen = new Set<string>();
  for (let n = 0; n < 100_000; n += 1) {
    seen.add(name({ ...IMAGE, productName: 'Mug' }, 'jpg').toLowerCase());
    seen.add(name({ ...IMAGE, productName: `mug (${n})` }, 'jpg').toLowerCase());
  }
  expect(seen.size).toBe(200_000);
});

test('the folder of a row without serial number and name is its number', () => {
  const folderOf = createFolderNames();
  expect([folderOf('', '', 1), folderOf('', '', 2), folderOf('5', '', 3), folderOf('5', '', 4)]).toEqual([
    ...['row-1', 'row-2', '5', '5 (2)'],
  ]);
  expect(folderOf('', 'Missing.TXT', 5)).toBe('_Missing.TXT');
});
