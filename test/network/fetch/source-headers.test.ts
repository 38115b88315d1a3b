import { sourceHeadersFor } from '../../../src/network/fetch/source-headers.ts';

const headers = { 'images.shop.example': { a: '1' }, 'shop.example:8443': { b: '2' }, 'plain.example:80': { c: '3' } };

it.each([
  ['https://images.shop.example/x.jpg', { a: '1' }],
  ['https://images.shop.example:443/', { a: '1' }],
  ['https://shop.example:8443/', { b: '2' }],
  ['http://plain.example/', { c: '3' }],
  ['http://images.shop.example/', {}],
  ['https://images.shop.example:8443/', {}],
  ['https://shop.example/', {}],
  ['https://evil.images.shop.example/', {}],
  ['https://images.shop.example.evil.example/', {}],
  ['https://images.shop.example@evil.example/', {}],
  ['https://plain.example/', {}],
  ['https://constructor/', {}],
])('%s gets %j', (url, expected) => {
  expect(sourceHeadersFor(headers, new URL(url))).toEqual(expected);
});
