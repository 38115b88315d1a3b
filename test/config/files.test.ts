import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../../src/config.ts';

const directory = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => rmSync(directory, { recursive: true }));

const fileOf = (text: string): string => {
  const path = join(directory, `${Math.random()}`);
  writeFileSync(path, text);
  return path;
};
const errorsOf = (env: Record<string, string>): readonly string[] => {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
};
const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;

test('any setting comes from a file, lists with one entry a line too', () => {
  const config = loadConfig({
    MONGODB_URI_FILE: fileOf('mongodb://user:password@db.example/app\n'),
    API_KEYS_FILE: fileOf('shop:key-0123456789-old\r\nshop:key-0123456789-new\n'),
    WEBHOOK_SECRET_FILE: fileOf(`${secretOf(32)},${secretOf(33)}`),
    SOURCE_HEADERS_FILE: fileOf('{\n  "images.example": { "Authorization": "Bearer x" }\n}'),
    S3_PREFIX_FILE: '',
  });
  expect(config.mongodbUri).toBe('mongodb://user:password@db.example/app');
  expect(config.access.apiKeys.map(({ tenant }) => tenant)).toEqual(['shop', 'shop']);
  expect(config.webhookSecrets).toEqual([secretOf(32), secretOf(33)]);
  expect(Object.keys(config.downloads.sourceHeaders)).toEqual(['images.example']);
});

test('errors name the variable, and neither the content nor what stands in place of the path', () => {
  const folder = join(directory, 'folder');
  mkdirSync(folder);
  const secret = 'hidden-secret-0123456789';
  const errors = errorsOf({
    API_KEYS_FILE: secret,
    OPERATOR_KEYS_FILE: folder,
    MONGODB_URI: 'mongodb://x/y',
    MONGODB_URI_FILE: fileOf(secret),
    WEBHOOK_SECRET_FILE: fileOf(secret),
    S3_BUCKET_FILE: fileOf(' \n'),
  });
  expect([...errors].sort()).toEqual([
    'API_KEYS_FILE names a file that gives no value: there is no such file',
    'MONGODB_URI and MONGODB_URI_FILE are both set; keep one',
    'OPERATOR_KEYS_FILE names a file that gives no value: it is not a file',
    'S3_BUCKET_FILE names a file that gives no value: it is empty',
    'WEBHOOK_SECRET must be whsec_ and 24 to 64 bytes in base64',
  ]);
});
