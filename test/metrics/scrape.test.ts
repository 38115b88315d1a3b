import { request as httpRequest } from 'node:http';
import { parseExposition, readScrape, type Scrape, scrape, scrapeUntil } from '../support/exposition.ts';
import { ImageServer, makeImage, ok, status } from '../support/servers/image-server.mjs';
import { answer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { finished, startTestService, type TestService, upload, uploaded, waitFor } from '../support/service.ts';

/** Rejected calls per pass of hostile ones. */
const REFUSED = 24;
const HEADER = 'S. No.,Product Name,Input Image Urls\n';

let images: ImageServer;
let service: TestService;
beforeAll(async () => {
  images = await ImageServer.start();
  service = await startTestService({
    MAX_ATTEMPTS: '2',
    WORKER_THREADS: '1',
    TASKS_PER_THREAD: '5',
    MAX_CONNECTIONS_PER_ORIGIN: '5',
  });
});
afterAll(async () => {
  await service.close();
  await images.close();
});

/** What an idle instance that is probed and scraped all day sends each time. */
test('is under 20 kB when idle, with names by the conventions of Prometheus', async () => {
  const idle = await startTestService();
  try {
    for (const path of ['/health', '/ready', '/metrics']) await fetch(`${idle.url}${path}`);
    const text = await waitFor(async () => {
      const scraped = await (await fetch(`${idle.url}/metrics`)).text();
      return scraped.includes('route="/metrics"') && scraped;
    });
    expect(Buffer.byteLength(text)).toBeLessThan(20_000);
    const { families, value } = readScrape(text);
    for (const { name, type } of families.values()) {
      // The rules of `promtool check metrics` that a name alone can break.
      expect([name, type, name.endsWith('_total')]).toEqual([name, type, type === 'counter']);
      expect(name).not.toMatch(
        /_(?:count|sum|bucket|counter|gauge|histogram|ms|milliseconds|minutes|kb|kilobytes|megabytes)$|[A-Z:]/,
      );
    }
    expect(value('bulk_image_oldest_waiting_image_seconds')).toBe(0);
    expect(value('bulk_image_webhooks_pending')).toBe(0);
    expect([value('bulk_image_database_up'), value('bulk_image_storage_up')]).toEqual([1, 1]);
  } finally {
    await idle.close();
  }
});

const OUTCOMES = ['completed', 'failed', 'cancelled', 'invalid'];
const imagesBy = ({ value }: Scrape): number[] =>
  OUTCOMES.map((outcome) => value('bulk_image_images_total', { outcome }) ?? 0);
const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

test('counts a batch exactly by outcome, code, stage and bytes', async () => {
  const good = [await makeImage('jpeg'), await makeImage('png', { width: 200 }), await makeImage('webp')];
  const urls = good.map((bytes, at) => images.on(`/good-${at}`, ok(bytes, 'application/octet-stream')));
  // Fails after two attempts.
  urls.push(images.on('/busy', status(503)));
  urls.push(images.on('/gone', status(404)), images.on('/gone-too', status(404)), 'ftp://example.test/no');
  const receiver = await WebhookReceiver.start(answer(410));
  const csv = `${HEADER}${urls.map((url, at) => `${at},P,${url}`).join('\n')}\n`;
  const id = await uploaded(service.url, csv, { onInvalidRow: 'skip', webhookUrl: receiver.url() });
  const { bytes, progress } = await finished(service.url, id);
  expect(progress).toMatchObject({ total: 7, completed: 3, failed: 4 });
  await receiver.count(1);

  const seen = await scrapeUntil(
    service.url,
    (now) => now.value('bulk_image_webhook_attempts_total', { outcome: 'gone' }) === 1 && sumOf(imagesBy(now)) >= 7,
  );
  await receiver.close();
  const { value } = seen;
  expect(value('bulk_image_images_uploaded_total')).toBe(7);
  expect(imagesBy(seen)).toEqual([3, 3, 0, 1]);
  const codesOf = (name: string) =>
    Object.fromEntries(
      (seen.families.get(name)?.samples ?? [])
        .filter((sample) => sample.value > 0)
        .map(({ labels, value: count }) => [labels.code, count]),
    );
  expect(codesOf('bulk_image_image_failures_total')).toEqual({ source_not_found: 2, source_unavailable: 1 });
  expect(codesOf('bulk_image_image_retries_total')).toEqual({ source_unavailable: 1 });
  expect(value('bulk_image_stale_results_total')).toBe(0);
  for (const stage of ['download', 'encode', 'store']) {
    expect([stage, value('bulk_image_stage_seconds_count', { stage })]).toEqual([stage, 3]);
  }
  expect(value('bulk_image_stage_seconds_count', { stage: 'queue' })).toBe(7);
  // Counted since the upload, not since the epoch.
  expect(value('bulk_image_stage_seconds_sum', { stage: 'queue' })).toBeLessThan(30);
  expect(value('bulk_image_source_bytes_total')).toBe(good.reduce((sum, image) => sum + image.length, 0));
  expect(value('bulk_image_source_bytes_total')).toBe(bytes.in);
  expect(value('bulk_image_output_bytes_total')).toBe(bytes.out);
  expect(value('bulk_image_webhook_attempt_seconds_count')).toBe(1);
  expect(value('bulk_image_pool_slots')).toBe(5);
  expect(value('bulk_image_pool_slots_busy')).toBe(0);
  expect(value('bulk_image_http_requests_total', { route: '/api/upload', method: 'POST', status: '2xx' })).toBe(1);
  expect(value('bulk_image_build_info', { role: 'all', version: '0.1.0' })).toBe(1);
  expect(value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  expect(value('nodejs_eventloop_lag_p99_seconds')).toBeLessThan(60);
});

test('shows queued, in-flight and cancelled images', async () => {
  const held: (() => void)[] = [];
  const picture = await makeImage('jpeg');
  // One that has not failed before, which would cost it connections.
  const server = await ImageServer.start();
  const url = server.on('/held', (...call) => {
    held.push(() => ok(picture)(...call));
  });
  const [completed = 0, failed = 0, cancelled = 0, invalid = 0] = imagesBy(await scrape(service.url));
  const id = await uploaded(
    service.url,
    `${HEADER}1,P,"${Array.from({ length: 12 }, (_, n) => `${url}?${n}`).join(',')}"\n`,
  );
  const busy = await scrapeUntil(service.url, ({ value }) => {
    return value('bulk_image_pool_slots_busy') === 5 && value('bulk_image_queue_images') === 12;
  });
  expect(busy.value('bulk_image_pool_slots')).toBe(5);
  await fetch(`${service.url}/api/cancel/${id}`, { method: 'POST' });
  await waitFor(async () => held.length === 5);
  server.on('/held', ok(picture));
  for (const send of held) send();
  const { progress } = await finished(service.url, id);
  expect(progress.cancelled).toBeGreaterThan(0);
  // Each is counted after it was written, at a moment of its own.
  const all = [completed + progress.completed, failed, cancelled + progress.cancelled, invalid];
  const idle = await scrapeUntil(
    service.url,
    (now) => now.value('bulk_image_queue_images') === 0 && sumOf(imagesBy(now)) >= sumOf(all),
  );
  expect(idle.value('bulk_image_pool_slots_busy')).toBe(0);
  expect(imagesBy(idle)).toEqual(all);
  await server.close();
});

test('serves valid exposition text with its content type, for GET and HEAD only', async () => {
  const response = await fetch(`${service.url}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const families = [...parseExposition(await response.text()).values()];
  const own = families.filter(({ name }) => name.startsWith('bulk_image_'));
  expect(own.length).toBeGreaterThan(15);
  for (const { name, type } of own) expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
  for (const { name, type } of own) {
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
  }
  expect((await fetch(`${service.url}/metrics`, { method: 'HEAD' })).status).toBe(200);
  const posted = await fetch(`${service.url}/metrics`, { method: 'POST' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('hostile paths and methods create no new series and do not appear in any', async () => {
  const call = (method: string, path: string) =>
    new Promise<void>((resolve, reject) => {
      const { port } = new URL(service.url);
      const sent = httpRequest({ host: '127.0.0.1', port, method, path }, (response) => {
        response.resume().on('end', resolve);
      });
      sent.on('error', reject).end();
    });
  const sendAll = async (mark: string) => {
    const word = `evil${mark}`;
    for (const path of [`/${word}`, `/api/${word}`, `/api/status/${word}`, `/api/status/a"b\\n{${word}}`]) {
      for (const method of ['GET', 'POST', 'DELETE', 'PROPFIND', 'M-SEARCH']) await call(method, encodeURI(path));
    }
    for (const path of [`/processed_images/${word}`, `/metrics?${word}`, `/metrics/${word}`, `//${word}`]) {
      await call('GET', path);
    }
    await upload(service.url, `${HEADER}1,${word},http://10.0.0.1/${word}.jpg\n`, { quality: word });
  };
  const counted = ({ families }: Scrape) =>
    (families.get('bulk_image_http_requests_total')?.samples ?? [])
      .filter(({ labels }) => labels.status === '4xx')
      .reduce((sum, { value }) => sum + value, 0);
  // Node's own families gain series, such as one for each kind of garbage collection.
  const seriesOf = ({ families }: Scrape) =>
    [...families.values()].flatMap(({ name, samples }) => (name.startsWith('bulk_image_') ? samples : [])).length;
  const before = counted(await scrape(service.url));
  await sendAll('0');
  const first = await scrapeUntil(service.url, (now) => counted(now) >= before + REFUSED);
  for (let n = 1; n <= 10; n += 1) await sendAll(String(n));
  const last = await scrapeUntil(service.url, (now) => counted(now) >= counted(first) + 10 * REFUSED);
  expect(seriesOf(last)).toBe(seriesOf(first));
  expect(JSON.stringify([...last.families])).not.toContain('evil');
  const labels = last.families.get('bulk_image_http_requests_total')?.samples.map((sample) => sample.labels) ?? [];
  expect(new Set(labels.map(({ method }) => method))).toEqual(new Set(['GET', 'HEAD', 'POST', 'other']));
  expect(labels).toContainEqual({ method: 'other', route: '/api/status/:requestId', status: '4xx' });
  expect(labels).toContainEqual({ method: 'other', route: 'none', status: '4xx' });
});

test('two services in one process share no counters', async () => {
  const other = await startTestService();
  try {
    await upload(other.url, `${HEADER}1,P,ftp://example.test/no\n2,P,http://10.0.0.1/a.jpg\n`, {
      onInvalidRow: 'skip',
    });
    const seen = await scrapeUntil(
      other.url,
      ({ value }) => value('bulk_image_images_total', { outcome: 'failed' }) === 1,
    );
    expect(seen.value('bulk_image_images_uploaded_total')).toBe(2);
    expect(seen.value('bulk_image_images_total', { outcome: 'completed' })).toBe(0);
    expect(seen.value('bulk_image_webhook_attempt_seconds_count')).toBe(0);
    const address = { code: 'address_not_allowed' };
    expect(seen.value('bulk_image_image_failures_total', address)).toBe(1);
    const here = await scrape(service.url);
    expect(here.value('bulk_image_image_failures_total', address)).toBe(0);
  } finally {
    await other.close();
  }
});

test('with API keys, the metrics require an operator key, which Prometheus can send as a bearer token', async () => {
  const key = 'prometheus-0123456789';
  const guarded = await startTestService({ API_KEYS: 'someone-else-0123456789', OPERATOR_KEYS: key });
  try {
    const ask = (headers: Record<string, string>) => fetch(`${guarded.url}/metrics`, { headers });
    const rejected = await ask({});
    expect([rejected.status, rejected.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="bulk-image-processor"',
    ]);
    expect((await ask({ Authorization: `Bearer ${key}x` })).status).toBe(401);
    const accepted = await ask({ Authorization: `Bearer ${key}` });
    expect(accepted.status).toBe(200);
    parseExposition(await accepted.text());
  } finally {
    await guarded.close();
  }
});

test('says at what rate images finish, and what limits it', async () => {
  const slow = Array.from({ length: 30 }, (_, at) => images.on(`/held-${at}`, () => {}));
  const id = await uploaded(service.url, `${HEADER}${slow.map((url, at) => `${at},P,${url}`).join('\n')}\n`);
  try {
    const { value, families } = await scrapeUntil(
      service.url,
      (now) => (now.value('bulk_image_limited_by', { limit: 'host' }) ?? 0) > 0,
    );
    const limits = families.get('bulk_image_limited_by')?.samples.map(({ labels }) => labels.limit);
    expect(limits?.sort()).toEqual(['cores', 'database', 'host', 'memory', 'nothing', 'storage']);
    expect(value('bulk_image_images_per_second')).toBeGreaterThanOrEqual(0);
  } finally {
    await fetch(`${service.url}/api/cancel/${id}`, { method: 'POST' });
  }
});
