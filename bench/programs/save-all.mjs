/**
 * The script that a user of an image proxy writes for a batch: fetches addresses, several at a time, and writes each answer
 * into a file. It does not sync. Argument: the folder for the files. Answers `{urls, concurrency}` with the milliseconds.
 */
import { createWriteStream } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { answerQuestions } from '../stage/program.mjs';

const [folder] = process.argv.slice(2);

const save = async (url, file, agent) => {
  const response = await new Promise((resolve, reject) => {
    get(url, { agent }, resolve).once('error', reject);
  });
  if (response.statusCode !== 200) throw new Error(`${url} got ${response.statusCode}`);
  await pipeline(response, createWriteStream(file));
};

answerQuestions(async ({ urls, concurrency }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  let next = 0;
  const lane = async () => {
    while (next < urls.length) {
      const number = next;
      next += 1;
      await save(urls[number], join(folder, `${number}.jpg`), agent);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: concurrency }, lane));
  const ms = performance.now() - begun;
  agent.destroy();
  return ms;
});
