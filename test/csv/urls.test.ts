import fc from 'fast-check';
import { joinUrlCells, splitUrls, urlError } from '../../src/csv/urls.ts';

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
    ['a.jpg, b.jpg', ['a.jpg, b.jpg']],
  ])('%j', (cell, urls) => {
    expect(splitUrls(cell)).toEqual(urls);
  });

  test('URLs joined with commas come back the same', () => {
    const url = fc.webUrl({ withQueryParameters: true }).filter((text) => !/,$|,[a-z][a-z\d+.-]*:\/\//i.test(text));
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
    ['https://example.com/my photo.jpg', 'Write %20 for a space'],
    ['https://example.com/a\u200b.jpg', 'invisible character'],
    ['https://example.com/a\u0007.jpg', 'invisible character'],
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
