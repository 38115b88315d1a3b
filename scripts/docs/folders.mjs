import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');
/** The page, and single files next to the folders: imported from everywhere or importing everything, they hide the rest. */
const LEFT_OUT = '^src/(web/|(?!(app|config|service|startup|worker)\\.ts)[^/]+\\.ts$)';

/** The imports between the folders of src/, as dependency-cruiser finds them. */
const imports = async () => {
  const program = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = ['src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json', '--collapse', '^src/[^/]+'];
  const filters = ['--include-only', '^src/', '--exclude', LEFT_OUT];
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, ...filters], options);
  // A folder and the file of the same name next to it (config/ and config.ts) are one part.
  const nameOf = (file) => file.split('/')[1].replace(/\.ts$/, '');
  const graph = new Map();
  for (const { source, dependencies } of JSON.parse(stdout).modules) {
    const from = nameOf(source);
    const targets = graph.get(from) ?? new Set();
    for (const { resolved } of dependencies) if (nameOf(resolved) !== from) targets.add(nameOf(resolved));
    graph.set(from, targets);
  }
  return graph;
};

const reaches = (graph, from, to) =>
  [...(graph.get(from) ?? [])].some((next) => next === to || reaches(graph, next, to));

/** Leaves out what follows from other arrows: a → c where a → b → c. */
const reduced = (graph) =>
  [...graph].flatMap(([from, targets]) =>
    [...targets]
      .filter((to) => ![...targets].some((other) => other !== to && reaches(graph, other, to)))
      .map((to) => `  ${from} --> ${to}`),
  );

export const folderBlocks = async () => {
  const arrows = reduced(await imports()).sort();
  return { 'architecture:folders': ['```mermaid', 'flowchart TD', ...arrows, '```'].join('\n') };
};
