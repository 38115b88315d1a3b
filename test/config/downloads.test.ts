import { loadConfig } from '../../src/config.ts';
import { USER_AGENT } from '../../src/network/user-agent.ts';

const downloads = (env: Record<string, string>) => loadConfig(env).downloads;
const headersOf = (value: unknown) => downloads({ SOURCE_HEADERS: JSON.stringify(value) }).sourceHeaders;

test('by default, the name and version of the service and no headers', () => {
  expect(downloads({})).toEqual({ userAgent: USER_AGENT, sourceHeaders: {} });
});

test('DOWNLOAD_USER_AGENT is sent as it is', () => {
  const userAgent = 'shop-images/1.0 (+https://shop.example/contact)';
  expect(downloads({ DOWNLOAD_USER_AGENT: userAgent }).userAgent).toBe(userAgent);
});

test.each(['a\r\nX: y', 'schön', 'a\0b', 'a\tb'])('DOWNLOAD_USER_AGENT %j is refused', (text) => {
  expect(() => downloads({ DOWNLOAD_USER_AGENT: text })).toThrow('DOWNLOAD_USER_AGENT must be');
});

test('SOURCE_HEADERS are read by host, in lower case', () => {
  expect(
    headersOf({
      'Images.Shop.example': { Authorization: 'Bearer x', Cookie: 'a=b' },
      'shop.example:443': { 'X-A': '1' },
      'bücher.example': { 'X-B': '2' },
      '[::1]:8080': { Referer: 'https://shop.example/' },
    }),
  ).toEqual({
    'images.shop.example': { authorization: 'Bearer x', cookie: 'a=b' },
    'shop.example:443': { 'x-a': '1' },
    'xn--bcher-kva.example': { 'x-b': '2' },
    '[::1]:8080': { referer: 'https://shop.example/' },
  });
});

const secret = 'secret-value';
test.each([
  ['not JSON', `{"a":{"b":"${secret}"`, 'must be JSON'],
  ['a list', `[{"a":"${secret}"}]`, 'must be JSON'],
  ['a value for a host', `{"shop.example":"${secret}"}`, 'must be JSON'],
  ['a URL as host', `{"https://shop.example/":{"A":"${secret}"}}`, 'has an invalid host'],
  ['a host with a login', `{"a@shop.example":{"A":"${secret}"}}`, 'has an invalid host'],
  ['a port beyond 65535', `{"shop.example:70000":{"A":"${secret}"}}`, 'has an invalid host'],
  ['an invalid name', `{"shop.example":{"A B":"${secret}"}}`, 'has an invalid header name for shop.example'],
  ['a line break', `{"shop.example":{"A":"${secret}\\r\\nB: c"}}`, 'has an invalid value for the header A'],
  ['the same header twice', `{"shop.example":{"A":"${secret}","a":"x"}}`, 'sets the header a for shop.example twice'],
  ...['Host', 'content-length', 'Connection', 'Transfer-Encoding', 'Accept-Encoding'].map(
    (name) => [name, `{"shop.example":{"${name}":"${secret}"}}`, `must not set the header ${name}`] as const,
  ),
] as const)('SOURCE_HEADERS with %s are refused without their value', (_what, text, message) => {
  const load = () => downloads({ SOURCE_HEADERS: text });
  expect(load).toThrow(`SOURCE_HEADERS ${message}`);
  expect(load).not.toThrow(secret);
});
