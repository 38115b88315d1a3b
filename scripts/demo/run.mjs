import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../prepare.mjs';
import { createProgress } from './progress.mjs';
import { printTable, readImages } from './results.mjs';
import { receiveWebhook, servePhotos } from './servers.mjs';
import { startService } from './service.mjs';
import { outputUrlsOf, untilFinished, upload } from './steps.mjs';

/** Includes the first installation of the database. */
const LONGEST_MS = 3 * 60_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const SAMPLE_ORIGIN = 'http://127.0.0.1:8099';

/** Runs the demo, and always stops what it started. Returns the exit code. */
export const runDemo = async () => {
  const stop = new AbortController();
  const disposers = [];
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    stop.abort(new Error('stopped'));
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  const late = setTimeout(() => stop.abort(new Error(`not done within ${LONGEST_MS / 60_000} minutes`)), LONGEST_MS);
  try {
    await show(stop, disposers);
    return 0;
  } catch (error) {
    // The reason of the stop is more useful than the error of the interrupted step.
    const reason = stop.signal.aborted ? stop.signal.reason : error;
    console.error(`\n✗ The demo failed: ${sentence(reason)}`);
    return interrupted ? 130 : 1;
  } finally {
    clearTimeout(late);
    for (const close of disposers.reverse()) await close();
    for (const name of SIGNALS) process.off(name, interrupt);
  }
};

/** `fetch` hides the reason of a failed connection in its cause. */
const sentence = (error) => [error.message, error.cause?.message].filter(Boolean).join(': ');

const show = async (stop, disposers) => {
  const { signal } = stop;
  const directory = await mkdtemp(join(tmpdir(), 'bulk-image-demo-'));
  disposers.push(() => rm(directory, { recursive: true, force: true }));

  console.log('Starting the service (the first time, its database is fetched) …');
  const service = await startService({
    root,
    directory,
    // Not MONGODB_URI, which may be the one of production.
    settings: { MONGODB_URI: process.env.TEST_MONGODB_URI ?? '' },
    signal,
    say: (line) => console.log(`  · ${line}`),
    onLost: (error) => stop.abort(error),
    onStarted: (close) => disposers.push(close),
  });
  const photos = await servePhotos(join(root, 'samples', 'photos'));
  disposers.push(() => photos.close());
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const webhook = await receiveWebhook(secret);
  disposers.push(webhook.close);
  console.log(`  service        ${service.url}\n  sample photos  ${photos.origin}\n  webhook        ${webhook.url}\n`);

  const sample = await readFile(join(root, 'samples', 'products.csv'), 'utf8');
  const requestId = await upload(service.url, sample.replaceAll(SAMPLE_ORIGIN, photos.origin), {
    fields: { webhookUrl: webhook.url, webhookSecret: secret },
    signal,
  });
  console.log(`Uploaded samples/products.csv: request ${requestId}`);

  const progress = createProgress(process.stdout);
  const status = await untilFinished(service.url, requestId, { onStatus: progress.show, signal });
  progress.end();
  const images = status.products.flatMap((product) => product.images);
  const broken = images.filter((image) => image.status !== 'completed');
  if (status.status !== 'completed' || broken.length > 0) {
    const why = broken.map(({ inputUrl, error }) => `\n  ${inputUrl}: ${error?.code} ${error?.message}`).join('');
    throw new Error(`the request ended as "${status.status}"${why}`);
  }

  const event = await webhook.next(signal);
  if (event.body.data.requestId !== requestId || event.body.data.status !== 'completed') {
    throw new Error(`the webhook has unexpected content: ${JSON.stringify(event.body)}`);
  }
  console.log(`Webhook received: ${event.body.type}, signature valid, webhook-id ${event.id}\n`);

  const csv = await outputUrlsOf(service.url, requestId, signal);
  console.log(`Output CSV (${service.url}/api/output/${requestId}):\n\n${csv.text.trimEnd()}\n`);
  const expected = images.map((image) => image.outputUrl);
  if (csv.urls.join() !== expected.join()) throw new Error('the URLs of the output CSV are not those of the status');

  printTable(await readImages(images, signal));
  console.log('\n✓ All done; the images stay in processed_images/.');
};
