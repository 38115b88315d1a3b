import { readCommand, UsageError } from '../../src/cli/options.ts';

const read = (...args: string[]) => readCommand(args, {}, '/shop');
const optionsOf = (...args: string[]) => {
  const command = read('compress', ...args);
  if (command.kind !== 'compress') throw new Error(command.kind);
  return command.options;
};

test('the output and its folder are named after the input and placed next to it', () => {
  expect(optionsOf('lists/products.csv')).toMatchObject({
    input: '/shop/lists/products.csv',
    out: '/shop/lists/products-output.csv',
    images: '/shop/lists/products-output-images',
    fields: {},
    server: null,
    fresh: false,
  });
  expect(optionsOf('lists/products.csv.gz').out).toBe('/shop/lists/products-output.csv');
  expect(optionsOf('products.csv', '--out', 'out/a.csv').images).toBe('/shop/out/a-images');
  expect(optionsOf('products.csv', '-o', 'a.csv', '-i', '/pictures')).toMatchObject({
    out: '/shop/a.csv',
    images: '/pictures',
  });
});

test('the output of a workbook is a workbook, and that of a link is named after its file', () => {
  expect(optionsOf('a.xlsx').out).toBe('/shop/a-output.xlsx');
  expect(optionsOf('a.XLSM').out).toBe('/shop/a-output.xlsx');
  expect(optionsOf('a.xlsx', '-o', 'b.csv').out).toBe('/shop/b.csv');
  expect(optionsOf('https://shop.example/x/a.csv?key=1')).toMatchObject({
    input: null,
    out: '/shop/a-output.csv',
    images: '/shop/a-output-images',
    fields: { fileUrl: 'https://shop.example/x/a.csv?key=1' },
  });
  expect(optionsOf('https://shop.example/a.xlsx').out).toBe('/shop/a-output.xlsx');
  // A name that would lead elsewhere, or is none.
  expect(optionsOf('https://shop.example/..%2F..%2Fa.csv').out).toMatch(/^\/shop\/[^/]+-output\.csv$/);
  expect(optionsOf('https://shop.example/sheets/1/edit?gid=0').out).toBe('/shop/shop.example-output.csv');
});

test('failed rows are named after the output', () => {
  expect(optionsOf('lists/a.xlsx').errors).toBe('/shop/lists/a-errors.csv');
  expect(optionsOf('a.csv', '-o', 'out/b.csv').errors).toBe('/shop/out/b-errors.csv');
  expect(optionsOf('a-errors.csv').errors).toBe('/shop/a-errors-errors.csv');
});

test('fields are passed on unchanged; the service validates them', () => {
  expect(optionsOf('a.csv', '--quality', '500', '-f', 'webp', '--on-invalid-row', 'skip').fields).toEqual({
    quality: '500',
    format: 'webp',
    onInvalidRow: 'skip',
  });
});

test('encoder options become upload fields', () => {
  expect(optionsOf('a.csv', '--outputs', 'jpeg:50,webp:50:800').fields).toEqual({ outputs: 'jpeg:50,webp:50:800' });
  expect(optionsOf('a.csv', '--mozjpeg').fields).toEqual({ mozjpeg: 'true' });
  expect(optionsOf('a.csv', '--progressive').fields).toEqual({ progressive: 'true' });
  expect(optionsOf('a.csv', '--metadata', 'rights').fields).toEqual({ metadata: 'rights' });
});

test('columns and the form of the output become upload fields', () => {
  const columns = ['--image-column', 'Image Src', '--image-column', '#7', '--name-column', 'Title', '--sheet', 'May'];
  const output = ['--serial-column', 'none', '--output', 'replace', '--formulas', 'keep', '--bom'];
  expect(optionsOf('a.csv', ...columns, ...output).fields).toEqual({
    imageColumns: 'Image Src,#7',
    sheet: 'May',
    nameColumn: 'Title',
    serialColumn: 'none',
    output: 'replace',
    formulas: 'keep',
    bom: 'true',
  });
});

test('the key is read from the command line, then from the environment', () => {
  const keyOf = (env: Record<string, string>, ...args: string[]) => {
    const command = readCommand(['compress', 'a.csv', '--server', 'http://x/', ...args], env, '/');
    return command.kind === 'compress' ? [command.options.server, command.options.apiKey] : null;
  };
  expect(keyOf({})).toEqual(['http://x', null]);
  expect(keyOf({ API_KEY: 'one' })).toEqual(['http://x', 'one']);
  expect(keyOf({ API_KEY: 'one' }, '--api-key', 'two')).toEqual(['http://x', 'two']);
});

test.each([[[]], [['help']], [['--help']], [['compress', '-h']]])('%j shows the help', (args) => {
  expect(read(...args)).toEqual({ kind: 'help' });
});

test('--version shows the version', () => expect(read('--version')).toEqual({ kind: 'version' }));

test.each([
  [['shrink', 'a.csv'], /Unknown command "shrink"/],
  [['compress'], /No file given/],
  [['compress', 'a.csv', 'b.csv'], /Only one file at a time.*b\.csv/],
  [['compress', 'a.csv', '--wrong'], /--wrong/],
  [['compress', 'a.csv', '--server', 'ftp://x'], /--server must be an http/],
  [['compress', 'a.csv', '--server', 'nowhere'], /--server must be an http/],
  [['compress', 'a.csv', '--server', 'http://x', '--allow-private', '10.0.0.0/8'], /ALLOW_PRIVATE_NETWORKS/],
  [['compress', 'a.csv', '--image-column', 'A, B'], /"A, B" contains a comma.*"#3"/],
  [['compress', 'a.csv', '--out', './a.csv'], /is the input file/],
  [['compress', 'a-errors.csv', '--out', 'a-output.csv'], /failed rows of --out would replace the input/],
  [['compress', 'ftp://shop.example/a.csv'], /is not an http\(s\) link/],
  [['compress', 'a.csv', '--names', '{sku}'], /unknown placeholder \{sku\}; allowed: \{serial\}/],
  [['compress', 'a.csv', '--metadata', 'all'], /--metadata must be none or rights/],
  [['compress', 'a.csv', '--concurrency', '0'], /--concurrency must be a whole number from 1 to 256/],
  [['compress', 'a.csv', '--dry-run', '--server', 'http://x'], /--dry-run cannot be combined with --server/],
])('%j is reported as a usage error', (args, message) => {
  expect(() => read(...args)).toThrow(UsageError);
  expect(() => read(...args)).toThrow(message);
});
