import { parseHttpUrl, parseUrl } from '../../src/network/url.ts';

test('parses a URL, relative to an optional base', () => {
  expect(parseUrl('/b.jpg', 'https://images.example/a')?.href).toBe('https://images.example/b.jpg');
  expect(parseUrl('not a url')).toBeNull();
});

test('parseHttpUrl accepts only http and https', () => {
  expect(parseHttpUrl('https://images.example/a.jpg')?.host).toBe('images.example');
  for (const text of ['ftp://images.example/a.jpg', 'javascript:alert(1)', 'file:///etc/passwd', '']) {
    expect(parseHttpUrl(text)).toBeNull();
  }
});

test('still accepts non-ASCII letters after many calls', () => {
  let refused = 0;
  for (let call = 0; call < 30_000; call += 1) if (parseUrl('https://images.example/für.jpg') === null) refused += 1;
  expect(refused).toBe(0);
});
