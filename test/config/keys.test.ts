import { createHash } from 'node:crypto';
import { loadConfig } from '../../src/config.ts';

const KEY = 'correct-horse-battery';
const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const keysOf = (API_KEYS: string) => loadConfig({ API_KEYS }).access.apiKeys;
const errorOf = (env: Record<string, string>): string => {
  try {
    loadConfig(env);
    return '';
  } catch (error) {
    return String(error);
  }
};

test.each([
  [KEY, 'default', KEY],
  [`shop-a:${KEY}`, 'shop-a', KEY],
  [`Shop_1.eu:${KEY}`, 'Shop_1.eu', KEY],
  [`${'a'.repeat(64)}:${KEY}`, 'a'.repeat(64), KEY],
  [`sha256:${hash(KEY)}`, 'default', KEY],
  [`shop-a:sha256:${hash(KEY).toUpperCase()}`, 'shop-a', KEY],
  [`shop-a:SHA256:${hash(KEY)}`, 'shop-a', KEY],
  // Everything after the first colon is the key.
  ['default:a:b:c:0123456789', 'default', 'a:b:c:0123456789'],
  ['shop-a:b:0123456789abcd', 'shop-a', 'b:0123456789abcd'],
])('%s is a key of %s', (text, tenant, key) => {
  expect(keysOf(text)).toEqual([{ tenant, digest: hash(key), short: false }]);
});

test('a tenant may have several keys, and the same one twice', () => {
  const keys = keysOf(`a:first-0123456789, b:${KEY}, a:second-012345678, a:sha256:${hash('first-0123456789')}`);
  expect(keys.map(({ tenant }) => tenant)).toEqual(['a', 'b', 'a']);
});

test.each([
  ['invalid tenant', `shop a:${KEY}`],
  ['invalid tenant', `:${KEY}`],
  ['invalid tenant', `${'a'.repeat(65)}:${KEY}`],
  ['invalid tenant', `shöp:${KEY}`],
  ['invalid tenant', `a/${KEY}:b`],
  ['printable ASCII', `shop:${KEY} ${KEY}`],
  ['printable ASCII', 'shop:'],
  ['printable ASCII', `${KEY}ü`],
  ['printable ASCII', `shop:${'correct-horse'.repeat(50)}`],
  ['64 hexadecimal digits', `sha256:${KEY}`],
  ['64 hexadecimal digits', `shop:sha256:${hash(KEY)}0`],
  ['64 hexadecimal digits', `sha256:shop:${KEY}`],
  ['two tenants, at entries 2 and 3', `x:0123456789abcdef,a:${KEY},b:sha256:${hash(KEY)}`],
  ['two tenants, at entries 1 and 2', `${KEY},b:${KEY}`],
])('the error "%s" names the entry and never the key: %s', (expected, text) => {
  for (const name of ['API_KEYS', 'OPERATOR_KEYS']) {
    const message = errorOf({ [name]: text });
    expect(message).toContain(`${name} `);
    expect(message).toContain(expected);
    for (const secret of ['correct', 'battery', hash(KEY)]) expect(message).not.toContain(secret);
  }
});

test('an operator key must not be a tenant key', () => {
  const message = errorOf({ API_KEYS: `shop:${KEY}`, OPERATOR_KEYS: `sha256:${hash(KEY)}` });
  expect(message).toContain('OPERATOR_KEYS contains a key that is also in API_KEYS');
  expect(message).not.toContain(hash(KEY));
  expect(loadConfig({ OPERATOR_KEYS: KEY }).access).toMatchObject({
    apiKeys: [],
    operatorKeys: [{ digest: hash(KEY) }],
  });
});

test('marks a short key, but never a hash', () => {
  expect(keysOf(`short,shop:sha256:${hash('s')},${'x'.repeat(16)}`).map(({ short }) => short)).toEqual([
    ...[true, false, false],
  ]);
});

test('the configuration contains no key', () => {
  expect(JSON.stringify(loadConfig({ API_KEYS: `shop:${KEY}`, OPERATOR_KEYS: `${KEY}-2` }))).not.toContain(KEY);
});
