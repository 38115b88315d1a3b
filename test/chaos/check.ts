import sharp from 'sharp';
import { ACROSS_REQUESTS } from '../support/router/rules.ts';
import type { ReceivedWebhook } from '../support/servers/webhook-receiver.ts';
import { csvOf, PUBLIC_URL, type Uploaded, type World } from './world.ts';

interface RequestDocument {
  _id: string;
  state: string;
  run: number;
  total: number;
  finishedAt?: Date;
  eventPending?: boolean;
  counters: { completed: number; failed: number; cancelled: number; bytesIn: number; bytesOut: number };
}

interface ImageDocument {
  _id: string;
  requestId: string;
  seq: number;
  inputUrl: string;
  status: string;
  nextAt?: Date;
  leaseToken?: string;
  attempts: number;
  bytesIn?: number;
  bytesOut?: number;
}

interface DeliveryDocument {
  _id: string;
  requestId: string;
  run: number;
  state: string;
  payload: string;
}

/** The totals of a scenario after all invariants were checked. */
export interface Checked {
  readonly requests: number;
  readonly images: number;
  readonly completed: number;
  /** Stored outputs. */
  readonly files: number;
  readonly failed: number;
  /** Images that were claimed more than once. */
  readonly retried: number;
  /** Temporary files left behind by kills; the sweep removes all of them. */
  readonly temporary: number;
  readonly webhooks: number;
  /** Repeated webhooks, each with the id and body of the first one. */
  readonly repeatedWebhooks: number;
}

const CONCURRENCY = 8;
const SHOWN = 20;

const group = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
};

const eachOf = async <T>(items: readonly T[], check: (item: T) => Promise<void>): Promise<void> => {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await check(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
};

/** The expected output CSV; an output is `null` for an image that failed. */
const expectedCsv = ({ rows }: Uploaded, outputs: readonly (string | null)[]): string => {
  let at = 0;
  const [header = '', ...lines] = csvOf(rows).trimEnd().split('\n');
  const expected = rows.map(({ urls }, row) => {
    const names = outputs.slice(at, at + urls.length);
    at += urls.length;
    const cell = names.map((name) => (name === null ? '' : `${PUBLIC_URL}/processed_images/${name}`)).join(',');
    return `${lines[row]},${names.length > 1 ? `"${cell}"` : cell}`;
  });
  return [`${header},Output Image Urls`, ...expected].join('\n');
};

/**
 * Checks everything that a batch leaves behind: database, storage, webhook receiver and API. Throws with all violations,
 * and verifies counters instead of trusting them.
 * @param isPoison whether an image must have failed
 */
export const checkInvariants = async (
  world: World,
  uploads: readonly Uploaded[],
  isPoison: (inputUrl: string) => boolean = () => false,
): Promise<Checked> => {
  const { connection, store, receiver, audit } = world;
  const wrong: string[] = [];
  const require = (condition: boolean, message: string): void => {
    if (!condition) wrong.push(message);
  };

  const requests = (await connection.collection('requests').find().toArray()) as unknown as RequestDocument[];
  const images = (await connection
    .collection('images')
    .find({}, ACROSS_REQUESTS)
    .toArray()) as unknown as ImageDocument[];
  const deliveries = (await connection.collection('deliveries').find().toArray()) as unknown as DeliveryDocument[];
  const chunks = await connection
    .collection<{ _id: string }>('rows')
    .find({}, { projection: { _id: 1 } })
    .toArray();
  const byId = new Map(requests.map((request) => [request._id, request]));
  const imagesOf = group(images, ({ requestId }) => requestId);

  for (const { requestId } of uploads) require(byId.has(requestId), `request ${requestId} is lost`);
  for (const requestId of imagesOf.keys()) require(byId.has(requestId), `images of no request: ${requestId}`);
  for (const { _id } of chunks) require(byId.has(_id.split(':')[0] ?? ''), `rows of no request: ${_id}`);

  // Every image has a final status.
  for (const { _id, status, nextAt, leaseToken, inputUrl } of images) {
    require(status === (isPoison(inputUrl) ? 'failed' : 'completed'), `image ${_id} is ${status}`);
    require(nextAt === undefined && leaseToken === undefined, `image ${_id} is ${status} and still due or leased`);
  }

  // Every request was finished once, with exact counters, and its event has the same values.
  const deliveriesOf = group(deliveries, ({ requestId }) => requestId);
  for (const request of requests) {
    const { _id, state, total, counters, eventPending, finishedAt, run } = request;
    const own = imagesOf.get(_id) ?? [];
    const done = own.filter(({ status }) => status === 'completed');
    const sum = (key: 'bytesIn' | 'bytesOut'): number => done.reduce((bytes, image) => bytes + (image[key] ?? 0), 0);
    const failed = own.length - done.length;
    require(own.length === total, `request ${_id} has ${own.length} of ${total} images`);
    require(state === (failed === 0 ? 'completed' : 'completed_with_errors'), `request ${_id} is ${state}`);
    require(eventPending === undefined, `request ${_id} has not sent its event`);
    const exact = { completed: done.length, failed, cancelled: 0, bytesIn: sum('bytesIn'), bytesOut: sum('bytesOut') };
    require(Object.entries(exact).every(
      ([name, value]) => counters[name as keyof typeof exact] === value,
    ), `request ${_id} counts ${JSON.stringify(counters)} instead of ${JSON.stringify(exact)}`);
    const finishes = audit.finishes.get(_id) ?? 0;
    require(finishes <= 1, `request ${_id} was finished ${finishes} times`);
    const events = deliveriesOf.get(_id) ?? [];
    require(events.length === 1, `request ${_id} has ${events.length} completion events`);
    for (const event of events) {
      const { timestamp, data } = JSON.parse(event.payload);
      require(event._id === `msg_${_id}_${run}` && event.state === 'delivered', `event ${event._id} is ${event.state}`);
      require(timestamp === finishedAt?.toISOString(), `event ${event._id} has a different time than its request`);
      require(data.status === state &&
        data.progress.completed === done.length &&
        data.progress.failed === failed, `event ${event._id} has a different outcome than its request`);
    }
  }

  // One webhook-id per completion, with the same bytes on every repetition.
  const webhooks = receiver.received.filter(({ url }) => url === world.webhookPath);
  const requestOf = (message: ReceivedWebhook): string => {
    try {
      return String(JSON.parse(message.body).data.requestId);
    } catch {
      wrong.push(`an unreadable webhook: ${JSON.stringify(message)}`);
      return 'unknown';
    }
  };
  const received = group(webhooks, requestOf);
  let repeatedWebhooks = 0;
  for (const request of requests) {
    const messages = received.get(request._id) ?? [];
    const ids = new Set(messages.map(({ headers }) => headers['webhook-id']));
    require(ids.size === 1 && ids.has(`msg_${request._id}_1`), `webhook-ids of ${request._id}: ${[...ids].join(', ')}`);
    require(new Set(messages.map(({ body }) => body)).size === 1, `webhooks of ${request._id} differ`);
    repeatedWebhooks += messages.length - 1;
  }
  for (const requestId of received.keys()) require(byId.has(requestId), `a webhook for no request: ${requestId}`);

  // One readable output per completed image, and no other files after old temporary files were swept.
  const isTemporary = (name: string): boolean => name.startsWith('.tmp-');
  const temporary = (await store.list()).filter(isTemporary).length;
  await store.sweepAsIfLater();
  const stored = await store.list();
  const expected = new Set(images.filter(({ status }) => status === 'completed').map(({ _id }) => `${_id}.jpg`));
  for (const name of stored) require(expected.delete(name), `a file without a completed image: ${name}`);
  for (const name of expected) wrong.push(`no file for ${name}`);
  await eachOf(
    stored.filter((name) => name.endsWith('.jpg')),
    async (name) => {
      const decoded = await sharp(await store.read(name), { failOn: 'warning' })
        .raw()
        .toBuffer({ resolveWithObject: true })
        .catch((error: Error) => error);
      require(!(decoded instanceof Error) && decoded.info.width > 0, `${name} cannot be read: ${decoded}`);
    },
  );

  // The output CSV has every row, with its URLs in upload order.
  const [instance] = world.instances.values();
  for (const upload of uploads) {
    const own = [...(imagesOf.get(upload.requestId) ?? [])].sort((a, b) => a.seq - b.seq);
    const urls = upload.rows.flatMap((row) => row.urls);
    require(own.length === urls.length &&
      own.every(
        ({ inputUrl, seq }, n) => seq === n && inputUrl === urls[n],
      ), `the images of ${upload.requestId} are not those of the upload`);
    const response = await fetch(`${instance?.url}/api/output/${upload.requestId}`);
    const text = (await response.text()).replaceAll('\r\n', '\n').trimEnd();
    const outputs = own.map(({ _id, status }) => (status === 'completed' ? `${_id}.jpg` : null));
    require(text === expectedCsv(upload, outputs), `the output CSV of ${upload.requestId} is not complete:\n${text}`);
  }

  if (wrong.length > 0) {
    const more = wrong.length > SHOWN ? `\n… and ${wrong.length - SHOWN} more` : '';
    throw new Error(`${wrong.length} violations:\n${wrong.slice(0, SHOWN).join('\n')}${more}`);
  }
  return {
    requests: requests.length,
    images: images.length,
    completed: images.filter(({ status }) => status === 'completed').length,
    files: stored.length,
    failed: images.filter(({ status }) => status === 'failed').length,
    retried: images.filter(({ attempts }) => attempts > 1).length,
    temporary,
    webhooks: webhooks.length,
    repeatedWebhooks,
  };
};
