import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestConnection, testConnection } from '../support/database.ts';
import { type Instance, killInstances, startInstance } from '../support/instance.ts';
import { ImageServer, makeImage, ok, redirect, status } from '../support/servers/image-server.mjs';
import { answer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { waitFor } from '../support/service.ts';

/** Each is used in only one place, so that a leak identifies its source. */
const SECRET = {
  apiKey: 'secret-api-key-0123456789',
  wrongKey: 'secret-wrong-key-012345678',
  operatorKey: 'secret-operator-key-0123456',
  userPassword: 'secretpassword',
  signature: 'secretsignature',
  redirectQuery: 'secretredirect',
  hookPassword: 'secrethookpassword',
  hookToken: 'secrethooktoken',
  invalidUrl: 'secretinvalid',
  ownQuery: 'secretownquery',
  sourceHeader: 'secretsourceheader',
  webhookSecret: `whsec_${Buffer.from('secret-webhook-secret-of-32-byte').toString('base64')}`,
  defaultSecret: `whsec_${Buffer.from('secret-default-secret-of-32-byte').toString('base64')}`,
};

let server: ImageServer;
let receiver: WebhookReceiver;
let database: TestConnection;
let directory: string;
let instance: Instance;

beforeAll(async () => {
  server = await ImageServer.start({ '/good.jpg': ok(await makeImage('jpeg')), '/bad.jpg': status(404) });
  server.on('/moved.jpg', redirect(`/bad.jpg?token=${SECRET.redirectQuery}`));
  receiver = await WebhookReceiver.start(answer(400), answer(204));
  database = await testConnection();
  directory = await mkdtemp(join(tmpdir(), 'secrets-'));
  instance = await startInstance(directory, {
    MONGODB_URI: database.uri,
    API_KEYS: `shop:${SECRET.apiKey}`,
    OPERATOR_KEYS: SECRET.operatorKey,
    WEBHOOK_SECRET: SECRET.defaultSecret,
    SOURCE_HEADERS: JSON.stringify({ [`127.0.0.1:${server.port}`]: { 'X-Shop': SECRET.sourceHeader } }),
    MAX_ATTEMPTS: '1',
    LOG_LEVEL: 'trace',
  });
});
afterAll(async () => {
  await killInstances();
  await receiver.close();
  await server.close();
  await database.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const call = async (path: string, init: RequestInit = {}, key = SECRET.apiKey): Promise<string> => {
  const response = await fetch(`${instance.url}${path}`, { ...init, headers: { Authorization: `Bearer ${key}` } });
  return response.text();
};

const uploadOf = (urls: readonly string[], secret?: string): RequestInit => {
  const rows = urls.map((url, at) => `${at},P${at},"${url}"`);
  const form = new FormData();
  form.set('onInvalidRow', 'skip');
  form.set(
    'webhookUrl',
    `${receiver.url('/hook').replace('//', `//hook:${SECRET.hookPassword}@`)}?token=${SECRET.hookToken}`,
  );
  if (secret !== undefined) form.set('webhookSecret', secret);
  form.set('file', new Blob([`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`]), 'products.csv');
  return { method: 'POST', body: form };
};

const leaked = (text: string): string[] =>
  Object.entries(SECRET)
    .filter(([, secret]) => text.includes(secret) || text.includes(encodeURIComponent(secret)))
    .map(([name]) => name);

test('no secret appears in the trace log, in a status or in a list', async () => {
  const login = (path: string) => server.url(path).replace('//', `//bob:${SECRET.userPassword}@`);
  const urls = [
    login('/good.jpg'),
    login('/bad.jpg'),
    `${server.url('/good.jpg')}?X-Amz-Signature=${SECRET.signature}`,
    `${server.url('/bad.jpg')}?X-Amz-Signature=${SECRET.signature}`,
    server.url('/moved.jpg'),
    `http://10.0.0.1/a.jpg?sig=${SECRET.signature}`,
    `http://bob:${SECRET.invalidUrl}@[bad/a.jpg`,
  ];
  const answers: string[] = [];
  for (const init of [uploadOf(urls, SECRET.webhookSecret), uploadOf(urls)]) {
    const { requestId } = JSON.parse(await call('/api/upload', init));
    await waitFor(async () => JSON.parse(await call(`/api/status/${requestId}`)).finishedAt);
    answers.push(await call(`/api/status/${requestId}`), await call(`/api/requests`));
    await waitFor(async () => (await call(`/api/deliveries/${requestId}`)).includes('"status":'));
    answers.push(await call(`/api/deliveries/${requestId}`));
  }
  await receiver.count(2);
  expect(server.requests('/good.jpg').map(({ headers }) => headers['x-shop'])).toContain(SECRET.sourceHeader);
  // Client errors: a wrong key, secrets in the query, a rejected CSV, invalid fields.
  answers.push(await call('/api/requests', {}, SECRET.wrongKey));
  answers.push(
    await call(`/api/requests?limit=5&token=${SECRET.ownQuery}`),
    await call(`/nothing?token=${SECRET.ownQuery}`),
  );
  const refused = uploadOf([`http://bob:${SECRET.invalidUrl}@[bad/a.jpg`]);
  (refused.body as FormData).set('onInvalidRow', 'reject');
  answers.push(await call('/api/upload', refused));
  answers.push(await call('/api/upload', uploadOf(urls, `${SECRET.webhookSecret}=broken`)));

  answers.push(await call('/metrics'), await call('/metrics', {}, SECRET.operatorKey), await call('/ready'));
  expect(leaked(answers.join('\n'))).toEqual([]);
  await waitFor(async () => instance.log().includes('"status":401'));
  expect(instance.log()).toMatch(/"level":[12]0/);
  expect(leaked(instance.log())).toEqual([]);
  expect(instance.log()).toMatch(/"tenant":"shop","key":"[0-9a-f]{8}".*"upload stored"/);
});
