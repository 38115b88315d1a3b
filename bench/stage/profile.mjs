import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const maps = new Map();

/** The source map of a bundle of the service; null for every other file. */
const mapOf = (url) => {
  if (!maps.has(url)) {
    const isBuilt = /\/dist\/[^/]+\.js$/.test(url) && url.startsWith('file:');
    maps.set(url, isBuilt ? new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8'))) : null);
  }
  return maps.get(url);
};

/** The file that a frame was written in: programs are bundles of many. */
const fileOf = ({ url, lineNumber, columnNumber }) =>
  mapOf(url)?.findEntry(lineNumber, columnNumber).originalSource ?? url;

/** The part that a frame belongs to: a folder of the service, a package, or Node itself. */
const partOf = (frame) => {
  const { functionName } = frame;
  const url = fileOf(frame);
  if (functionName === '(idle)') return null;
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)') return 'native code (sharp’s and the file system’s threads are not in a profile)';
  const [, file] = /\/(?:dist|src)\/(.+)$/.exec(url) ?? [];
  const [, modules] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (modules !== undefined) return `package ${modules}`;
  if (file !== undefined) return `src/${file.includes('/') ? `${file.split('/')[0]}/` : file.replace(/js$/, 'ts')}`;
  return 'Node.js';
};

/** The samples of the last milliseconds of a profile, each with its duration. */
const lastSamples = function* ({ samples, timeDeltas }, lastMs) {
  let left = lastMs * 1000;
  for (let at = samples.length - 1; at >= 0 && left > 0; at -= 1) {
    yield { id: samples[at], ms: timeDeltas[at] / 1000 };
    left -= timeDeltas[at];
  }
};

/**
 * Sums the files of `--cpu-prof`, one per thread: milliseconds of self time per part, in descending order.
 * @param lastMs only the end of each profile counts, without the start-up of the process
 */
export const readProfiles = async (folder, lastMs) => {
  const parts = new Map();
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.cpuprofile')) continue;
    const profile = JSON.parse(await readFile(join(folder, name), 'utf8'));
    const partOfNode = new Map(profile.nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
    for (const { id, ms } of lastSamples(profile, lastMs)) {
      const part = partOfNode.get(id);
      if (part !== null) parts.set(part, (parts.get(part) ?? 0) + ms);
    }
  }
  return [...parts].sort(([, one], [, other]) => other - one);
};
