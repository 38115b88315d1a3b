import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 150;
const FINAL = ['completed', 'completed_with_errors', 'failed', 'cancelled'];

/** The response if its status is 2xx; otherwise throws with the response body. */
export const succeeded = async (response, what) => {
  if (response.ok) return response;
  throw new Error(`${what} answered ${response.status}: ${await response.text()}`);
};

/** Uploads the CSV as a browser does; returns the requestId. */
export const upload = async (service, csv, { fields, signal }) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([csv], { type: 'text/csv' }), 'products.csv');
  const response = await fetch(`${service}/api/upload`, { method: 'POST', body: form, signal });
  const { requestId } = await (await succeeded(response, 'The upload')).json();
  return requestId;
};

/** Polls the status until it is final, and returns it. */
export const untilFinished = async (service, requestId, { onStatus, signal }) => {
  for (;;) {
    const response = await fetch(`${service}/api/status/${requestId}`, { signal });
    const status = await (await succeeded(response, 'The status')).json();
    onStatus(status);
    if (FINAL.includes(status.status)) return status;
    await pause(POLL_MS, undefined, { signal });
  }
};

/** The output CSV and the URLs of its images, in order. */
export const outputUrlsOf = async (service, requestId, signal) => {
  const response = await fetch(`${service}/api/output/${requestId}`, { signal });
  const text = await (await succeeded(response, 'The output CSV')).text();
  const [header = ''] = text.split(/\r?\n/, 1);
  if (!header.endsWith('Output Image Urls')) throw new Error(`the output CSV begins with "${header}"`);
  return { text, urls: text.match(/https?:\/\/[^",\s]+\/processed_images\/[^",\s]+/g) ?? [] };
};
