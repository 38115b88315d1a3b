import fc from 'fast-check';
import {
  hasUrl,
  isPlaceholder,
  joinUrlCells,
  looksLikeImageUrl,
  readUrl,
  repairUrl,
  splitUrls,
  urlError,
} from '../../src/csv/urls.ts';

describe('splitUrls', () => {
  test.each([
    ['', []],
    [' , \n,', []],
    ['https://a.test/1.jpg', ['https://a.test/1.jpg']],
    ['https://a.test/1.jpg,https://a.test/2.jpg', ['https://a.test/1.jpg', 'https://a.test/2.jpg']],
    [' https://a.test/1.jpg ,\r\n http://a.test/2.jpg, ', ['https://a.test/1.jpg', 'http://a.test/2.jpg']],
    ['https://a.test/1.jpg\u00a0HTTPS://a.test/2.jpg', ['https://a.test/1.jpg', 'HTTPS://a.test/2.jpg']],
    ['https://a.test/w_300,c_fill/x.jpg,https://b.test/', ['https://a.test/w_300,c_fill/x.jpg', 'https://b.test/']],
    ['https://a.test/?u=https://b.test/x.jpg', ['https://a.test/?u=https://b.test/x.jpg']],
    ['ftp://a.test/1.jpg,https://a.test/2.jpg', ['ftp://a.test/1.jpg', 'https://a.test/2.jpg']],
    ['https://a.test/1.jpg, nothing', ['https://a.test/1.jpg, nothing']],
    ['https://a.test/1|https://a.test/2', ['https://a.test/1', 'https://a.test/2']],
    ['https://a.test/1; https://a.test/2;', ['https://a.test/1', 'https://a.test/2']],
    [
      'https://a.test/1，https://a.test/2；https://a.test/3｜https://a.test/4',
      [1, 2, 3, 4].map((n) => `https://a.test/${n}`),
    ],
    ['https://a.test/1、https://a.test/2\u3000https://a.test/3', [1, 2, 3].map((n) => `https://a.test/${n}`)],
    ['https://a.test/a|b;c.jpg', ['https://a.test/a|b;c.jpg']],
    ['["https://a.test/1","https://a.test/2"]', ['"https://a.test/1"', '"https://a.test/2"']],
    [' <https://a.test/1> ', ['https://a.test/1']],
    ['[]', []],
    ['mug.jpg (https://a.test/1),lid (2).jpg (https://a.test/2)', ['https://a.test/1', 'https://a.test/2']],
    ['![Mug](https://a.test/1)', ['https://a.test/1']],
    ['mug (https://a.test/1), https://a.test/2', ['mug (https://a.test/1)', 'https://a.test/2']],
    ['https://a.test/x_(1).jpg', ['https://a.test/x_(1).jpg']],
    ['https://a.test/x[1]', ['https://a.test/x[1]']],
    ['“https://a.test/1”, “https://a.test/2”', ['“https://a.test/1”', '“https://a.test/2”']],
    ['https://a.test/1,\u200bhttps://a.test/2', ['https://a.test/1', '\u200bhttps://a.test/2']],
    ['https://a.test/my photo.jpg https://a.test/2', ['https://a.test/my photo.jpg', 'https://a.test/2']],
    ['a.jpg, b.jpg', ['a.jpg, b.jpg']],
  ])('%j', (cell, urls) => {
    expect(splitUrls(cell)).toEqual(urls);
  });

  test('URLs joined with commas come back the same', () => {
    const url = fc
      .webUrl({ withQueryParameters: true })
      .filter((text) => !/[,;|]$|[,;|][a-z][a-z\d+.-]*:\/\//i.test(text));
    fc.assert(
      fc.property(fc.array(url), fc.constantFrom(',', ', ', '\n', ' , '), (urls, separator) => {
        expect(splitUrls(urls.join(separator))).toEqual(urls);
      }),
    );
  });

  test('a megabyte of separators is split in linear time', () => {
    const started = process.cpuUsage();
    expect(splitUrls(`x${', '.repeat(500_000)}y`)).toHaveLength(1);
    expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
  });
});

describe('joinUrlCells', () => {
  test.each([
    [[], ',', []],
    [['https://a.test/1'], ',', ['https://a.test/1']],
    [['https://a.test/1', ' https://a.test/2'], ';', ['https://a.test/1', ' https://a.test/2']],
    [['https://a.test/w_300', 'c_fill/x.jpg', ''], ',', ['https://a.test/w_300,c_fill/x.jpg']],
    [['https://a.test/w_300', '', 'x.jpg'], ',', ['https://a.test/w_300,,x.jpg']],
    [['https://a.test/x', 'session=1'], ';', ['https://a.test/x;session=1']],
    [['https://a.test/1', '', '', 'https://a.test/2', ''], ',', ['https://a.test/1', 'https://a.test/2']],
    [['', 'https://a.test/1'], ',', ['', 'https://a.test/1']],
  ] as const)('%j with %j', (cells, delimiter, texts) => {
    expect(joinUrlCells(cells, delimiter)).toEqual(texts);
  });
});

describe('urlError', () => {
  test.each([
    ['https://example.com/a.jpg'],
    ['HTTP://example.com'],
    ['http://127.0.0.1:8080/a,b.jpg?x=1#y'],
    ['https://[::1]/a'],
    ['https://bücher.example/ä.jpg'],
    ['https://example.com/my photo (1).jpg'],
    [`https://a.test/${'x'.repeat(8192 - 15)}`],
  ])('%j is valid', (url) => {
    expect(urlError(url)).toBeNull();
  });

  test.each([
    [`https://a.test/${'x'.repeat(8192 - 14)}`, 'has 8193 characters; at most 8192'],
    ['', 'does not start with http://'],
    ['example.com/a.jpg', 'does not start with http://'],
    ['http:/example.com', 'does not start with http://'],
    ['javascript:alert(1)', 'does not start with http://'],
    [
      'ftp://example.com/a.jpg',
      'Only http:// and https:// URLs are supported; "ftp://example.com/a.jpg" starts with ftp://.',
    ],
    ['https://example.com/a.jpg, b.jpg', 'is followed by text that is not a URL'],
    ['https://example.com/a\u00a0b.jpg', 'contains the invisible character U+00A0'],
    ['https://example.com/a\nb.jpg', 'contains the invisible character U+000A'],
    ['https://example.com/a\u200b.jpg', 'contains the invisible character U+200B'],
    ['https://example.com/a\u0007.jpg', 'contains the invisible character U+0007'],
    ['https:///a.jpg', 'has no host name'],
    ['https://', 'has no host name'],
    ['https://?a=b', 'has no host name'],
    ['https://exa<mple.com/', 'has an invalid host name or port'],
    ['https://example.com:99999/', 'has an invalid host name or port'],
  ])('%j is rejected with a hint', (url, message) => {
    expect(urlError(url)).toContain(message);
  });

  test('non-ASCII letters are accepted on every call', () => {
    const refused = Array.from({ length: 20_000 }, () => urlError('https://bücher.example/ä.jpg')).filter(Boolean);
    expect(refused).toEqual([]);
  });

  test('a long URL is cut in the message', () => {
    expect(urlError('x'.repeat(500))?.length).toBeLessThan(250);
    expect(urlError(`${'x'.repeat(500)}://a`)?.length).toBeLessThan(250);
  });
});

describe('repairUrl', () => {
  test.each([
    ['https://a.test/1.jpg\u200e', 'https://a.test/1.jpg', ['invisible_characters']],
    ['\u2060https://a.test/\u00ad1.jpg', 'https://a.test/1.jpg', ['invisible_characters']],
    ['“https://a.test/1.jpg”', 'https://a.test/1.jpg', ['quotes']],
    ["'https://a.test/1.jpg'", 'https://a.test/1.jpg', ['quotes']],
    ['"https://a.test/1.jpg', 'https://a.test/1.jpg', ['quotes']],
    ["https://a.test/o'", "https://a.test/o'", []],
    ["https://a.test/it's.jpg", "https://a.test/it's.jpg", []],
    ['https://a.test/?w=1&amp;sig=2', 'https://a.test/?w=1&sig=2', ['html_entities']],
    ['https://a.test/?w=1&sig=2', 'https://a.test/?w=1&sig=2', []],
    ['«https://a.test/?a&amp;b\ufeff»', 'https://a.test/?a&b', ['invisible_characters', 'quotes', 'html_entities']],
  ])('%j becomes %j', (text, url, repairs) => {
    expect(repairUrl(text)).toEqual({ url, repairs });
  });
});

test.each(['', ' ', 'N/A', 'n/a', '#N/A', '-', 'none', 'NULL', ' no_selection '])(
  '%j means that there is no image',
  (cell) => {
    expect(isPlaceholder(cell)).toBe(true);
  },
);

test.each(['https://a.test', 'mug.jpg', 'x', '1'])('%j is not a placeholder', (cell) => {
  expect(isPlaceholder(cell)).toBe(false);
});

test.each([
  [' https://a.test/x', true],
  ['“http://a.test/x”', true],
  ['S3://bucket/key', true],
  ['ftp://a.test', false],
  ['see https://a.test', false],
  ["['https://a.test/1.jpg']", true],
  ['', false],
])('whether %j starts with a URL: %j', (cell, expected) => {
  expect(hasUrl(cell)).toBe(expected);
});

test.each([
  ['https://a.test/x.JPG?v=1', true],
  ['https://a.test/x.webp', true],
  ['https://a.test/images/x', true],
  ['https://a.test/products/x.html', false],
  ['https://a.test/image-frame', false],
])('whether %j looks like the URL of an image: %j', (url, expected) => {
  expect(looksLikeImageUrl(url)).toBe(expected);
});

describe('readUrl', () => {
  test.each([
    [' https://a.test/1.jpg\n', 'https://a.test/1.jpg', null],
    ['“https://a.test/1.jpg?a=1&amp;b=2”', 'https://a.test/1.jpg?a=1&b=2', null],
    ['https://a.test/w_300,c_fill/x.jpg', 'https://a.test/w_300,c_fill/x.jpg', null],
    ['mug.jpg (https://a.test/1)', 'https://a.test/1', null],
    ['s3://shop/a.jpg', 's3://shop/a.jpg', null],
    ['', '', /^Enter the URL/],
    ['n/a', '', /^Enter the URL/],
    ['https://a.test/1 https://a.test/2', 'https://a.test/1', /^Enter one URL/],
    ['a.test/1.jpg', 'a.test/1.jpg', /does not start with http/],
    ['s3://other/a.jpg', 's3://other/a.jpg', /isn't allowed to read/],
  ])('%j', (text, url, error) => {
    const read = readUrl(text, ['shop']);
    expect(read.url).toBe(url);
    if (error === null) expect(read.error).toBeNull();
    else expect(read.error?.message).toMatch(error);
  });
});
