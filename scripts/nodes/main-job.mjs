/** The main job, from the upload to the signed webhook and a clean stop, and the command line's, with a given Node.js. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { ImageServer, makeImage, ok } from '../../test/support/servers/image-server.mjs';
import { receiveWebhook } from '../demo/servers.mjs';
import { startService } from '../demo/service.mjs';
import { outputUrlsOf, succeeded, untilFinished, upload } from '../demo/steps.mjs';

const LONGEST_MS = 150_000;
const SIZES = { jpeg: { width: 320, height: 200 }, png: { width: 64, height: 48 }, webp: { width: 201, height: 99 } };

const expectEqual = (what, found, expected) => {
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
};

const serveImages = async () => {
  const routes = {};
  for (const [format, size] of Object.entries(SIZES)) {
    routes[`/image.${format}`] = ok(await makeImage(format, size), `image/${format}`);
  }
  return ImageServer.start(routes);
};

const checkOutput = async (url, { width, height }, signal) => {
  const response = await succeeded(await fetch(url, { signal }), `GET ${url}`);
  const { data, info } = await sharp(Buffer.from(await response.arrayBuffer())).toBuffer({ resolveWithObject: true });
  expectEqual('the output', [info.format, info.width, info.height, data.length > 0], ['jpeg', width, height, true]);
};

const csvOf = (images) => {
  const urls = Object.keys(SIZES).map((format) => `${images.origin}/image.${format}`);
  return `S. No.,Product Name,Input Image Urls\n1,"Lamp, ""large""","${urls.slice(0, 2).join(',')}"\n2,Chair,${urls[2]}\n`;
};

const checkJob = async (service, { images, webhook, secret }, signal) => {
  const formats = Object.keys(SIZES);
  const csv = csvOf(images);
  const requestId = await upload(service.url, csv, {
    fields: { webhookUrl: webhook.url, webhookSecret: secret },
    signal,
  });
  const { status } = await untilFinished(service.url, requestId, { onStatus: () => {}, signal });
  expectEqual('the status', status, 'completed');
  const event = await webhook.next(signal);
  expectEqual('the webhook', [event.body.data.requestId, event.body.data.status], [requestId, 'completed']);
  const output = await outputUrlsOf(service.url, requestId, signal);
  expectEqual('the number of output URLs', output.urls.length, formats.length);
  for (const [index, format] of formats.entries()) await checkOutput(output.urls[index], SIZES[format], signal);
};

/** `compress` with the package's own command, in a folder of its own. */
const checkCommand = async (node, root, directory, images, signal) => {
  await writeFile(join(directory, 'products.csv'), csvOf(images));
  const args = [join(root, 'scripts', 'cli.mjs'), 'compress', 'products.csv', '--allow-private', '127.0.0.0/8'];
  await promisify(execFile)(node, args, { cwd: directory, signal });
  const output = await readFile(join(directory, 'products-output.csv'), 'utf8');
  const files = output.match(/products-output-images\/[^",\s]+/g) ?? [];
  const sizes = await Promise.all(files.map(async (file) => (await sharp(join(directory, file)).metadata()).width));
  expectEqual(
    'the widths of the files',
    sizes,
    Object.values(SIZES).map(({ width }) => width),
  );
};

/** Starts an image server and a webhook receiver, which end last. */
const startPeers = async (disposers) => {
  const images = await serveImages();
  disposers.push(() => images.close());
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const webhook = await receiveWebhook(secret);
  disposers.push(webhook.close);
  return { images, webhook, secret };
};

const endAll = async (disposers) => {
  for (const close of disposers.reverse()) await close();
};

/** Runs the job on a service that may reach loopback. Throws at the first difference. */
export const jobOn = async (url, signal) => {
  const disposers = [];
  try {
    await checkJob({ url }, await startPeers(disposers), signal);
  } finally {
    await endAll(disposers);
  }
};

/** Runs the job on fresh folders with an embedded database, and stops what it started. Throws at the first difference. */
export const runMainJob = async (node, root, interrupted) => {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, interrupted, AbortSignal.timeout(LONGEST_MS)]);
  const directory = await mkdtemp(join(tmpdir(), 'bulk-image-node-'));
  const disposers = [() => rm(directory, { recursive: true, force: true })];
  let stopService = async () => 0;
  try {
    const peers = await startPeers(disposers);
    const service = await startService({
      ...{ root, directory, node, signal },
      settings: { PROCESSED_DIR: join(directory, 'processed_images') },
      say: () => {},
      onLost: (error) => stop.abort(error),
      onStarted: (close) => {
        stopService = close;
      },
    });
    await checkJob(service, peers, signal);
    expectEqual('the exit code after SIGTERM', await stopService(), 0);
    await checkCommand(node, root, directory, peers.images, signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    await stopService();
    await endAll(disposers);
  }
};
