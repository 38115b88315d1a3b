/**
 * What a user would write. Arguments: `sequential` or `all`, and a folder for the results; the URLs come over the channel.
 * Everything else is the default of axios, sharp and Node. Answers with the milliseconds and the peak memory.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import axios from 'axios';
import sharp from 'sharp';
import { peakBytes } from '../stage/process.mjs';
import { answerQuestions } from '../stage/program.mjs';

const [way, folder] = process.argv.slice(2);

const processOne = async (url, index) => {
  const { data } = await axios.get(url, { responseType: 'arraybuffer' });
  const output = await sharp(data).jpeg({ quality: 50 }).toBuffer();
  await writeFile(join(folder, `${index}.jpg`), output);
};

const WAYS = {
  sequential: async (urls) => {
    for (const [index, url] of urls.entries()) await processOne(url, index);
  },
  all: (urls) => Promise.all(urls.map(processOne)),
};

answerQuestions(async ({ urls }) => {
  const begun = performance.now();
  await WAYS[way](urls);
  return { ms: performance.now() - begun, peak: peakBytes(process.pid) };
});
