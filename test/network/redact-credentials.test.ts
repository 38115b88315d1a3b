import { redactCredentials } from '../../src/network/redact.ts';

test.each([
  ['https://bob:hunter2@shop.example/a.jpg', 'https://bob:***@shop.example/a.jpg'],
  ['https://bob:p@ss:word@shop.example/a@b.jpg', 'https://bob:***@shop.example/a@b.jpg'],
  ['https://ghp_token@shop.example/a.jpg', 'https://***@shop.example/a.jpg'],
  ['ftp://bob:hunter2@shop.example/a.jpg', 'ftp://bob:***@shop.example/a.jpg'],
  ['https://s.example/a?X-Amz-Signature=abc&w=3', 'https://s.example/a?X-Amz-Signature=***&w=3'],
  ['https://s.example/a?w=3&token=abc#t', 'https://s.example/a?w=3&token=***#t'],
  ['https://s.example/a?%74oken=abc', 'https://s.example/a?%74oken=***'],
  ['https://s.example/a?sv=1&sig=a%2Fb', 'https://s.example/a?sv=1&sig=***'],
  ['https://s.example/a#access_token=abc', 'https://s.example/a#access_token=***'],
])('%s is shown as %s', (url, shown) => {
  expect(redactCredentials(url)).toBe(shown);
});

test.each([
  'https://shop.example/w_300,c_fill/ü.jpg?w=3&h=%20&monkey=1#top',
  'https://shop.example/a?token=',
  'https://shop.example/@bob/a.jpg',
  'not a url',
  '',
])('%s stays as it is', (url) => {
  expect(redactCredentials(url)).toBe(url);
});
