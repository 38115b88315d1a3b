// Uploads a CSV, waits until its images are done and saves the CSV with the output URLs. Node.js 20, no packages.
//   SERVICE=http://localhost:3000 API_KEY=… node upload.mjs products.csv out.csv
import { openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';

const service = process.env.SERVICE ?? 'http://localhost:3000';
const headers = process.env.API_KEY ? { 'X-Api-Key': process.env.API_KEY } : {};
const [input, output] = process.argv.slice(2);

const call = async (path, options = {}) => {
  const response = await fetch(service + path, { ...options, headers });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response;
};

const form = new FormData();
form.set('file', await openAsBlob(input), 'products.csv');
form.set('quality', '50');
const { requestId } = await (await call('/api/upload', { method: 'POST', body: form })).json();

// The stream lasts until the request is finished. In a browser, and without keys: new EventSource(url).
const { body } = await call(`/api/events/${requestId}`);
let text = '';
for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
  const blocks = (text + chunk).split('\n\n');
  text = blocks.pop();
  for (const block of blocks) {
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (data === undefined) continue;
    const { status, progress } = JSON.parse(data);
    console.log(status, `${progress.percent}%`, `${progress.failed} failed`);
  }
}

await writeFile(output, await (await call(`/api/output/${requestId}`)).text());
console.log(`saved ${output}`);
