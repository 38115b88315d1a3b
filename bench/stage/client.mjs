import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 500;
const BOUNDARY = 'bench-7c1d9f0e5b';
const FINAL = ['completed', 'completed_with_errors', 'failed', 'cancelled'];

/** A CSV with one URL per row, as a shop exports it. */
export const csvOf = (urls) =>
  `S. No.,Product Name,Input Image Urls\n${urls.map((url, row) => `${row + 1},Product ${row + 1},${url}`).join('\n')}\n`;

const partsOf = (fields) => {
  const named = Object.entries(fields).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${named.join('')}--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="products.csv"\r\nContent-Type: text/csv\r\n\r\n`;
};

/**
 * Uploads a CSV with node:http, because fetch times out after five minutes and does not report when the last byte was sent.
 * @param csv the text, or `{file}` with the path of a file that is streamed
 * @returns the requestId and the performance.now() of the start, of the last byte sent and of the 202 response
 */
export const upload = async (service, csv, fields = {}) => {
  const head = partsOf(fields);
  const tail = `\r\n--${BOUNDARY}--\r\n`;
  const bytes = typeof csv === 'string' ? Buffer.byteLength(csv) : (await stat(csv.file)).size;
  const begun = performance.now();
  const request = http.request(`${service}/api/upload`, {
    method: 'POST',
    agent: false,
    headers: {
      'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
      'Content-Length': Buffer.byteLength(head) + bytes + tail.length,
    },
  });
  const answered = new Promise((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  answered.catch(() => undefined);
  request.write(head);
  await pipeline(typeof csv === 'string' ? Readable.from([csv]) : createReadStream(csv.file), request, { end: false });
  await new Promise((sent) => request.end(tail, sent));
  const sent = performance.now();
  const response = await answered;
  const accepted = performance.now();
  const text = (await response.setEncoding('utf8').toArray()).join('');
  if (response.statusCode !== 202) throw new Error(`the upload got ${response.statusCode}: ${text}`);
  return { requestId: JSON.parse(text).requestId, begun, sent, accepted };
};

export const statusOf = async (service, requestId, limit = 1) => {
  const response = await fetch(`${service}/api/status/${requestId}?limit=${limit}`);
  if (!response.ok) throw new Error(`the status got ${response.status}: ${await response.text()}`);
  return response.json();
};

/** Waits until the request is finished; polls only twice a second, to add little load. */
export const untilFinished = async (service, requestId, { allowFailures = false } = {}) => {
  for (;;) {
    const status = await statusOf(service, requestId);
    if (FINAL.includes(status.status)) {
      if (status.status !== 'completed' && !allowFailures) {
        const error = JSON.stringify(status.products[0]?.images[0]?.error);
        throw new Error(`the request finished as ${status.status}: ${JSON.stringify(status.progress)}, first ${error}`);
      }
      return status;
    }
    await pause(POLL_MS);
  }
};

/**
 * Milliseconds from the upload's first byte to the state `completed`. The end is the time stored by the service, so that
 * the pauses between polls do not count; if its clock differs from ours, the time of the response is used.
 */
export const timeBatch = async (service, csv, fields, { allowFailures = false } = {}) => {
  const startedAt = Date.now();
  const { requestId, begun } = await upload(service, csv, fields);
  const acceptedAt = Date.now();
  const status = await untilFinished(service, requestId, { allowFailures });
  const seenMs = performance.now() - begun;
  const createdAt = Date.parse(status.createdAt);
  const sameClock = createdAt >= startedAt - 2 && createdAt <= acceptedAt + 2;
  return { requestId, status, ms: sameClock ? Math.min(seenMs, Date.parse(status.finishedAt) - startedAt) : seenMs };
};
