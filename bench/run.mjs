/** `npm run bench`: measures the built service; see bench/README.md. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, runScript } from '../scripts/prepare.mjs';
import { readArguments } from './stage/arguments.mjs';

/** Listed here as well, so that a wrong argument is reported before anything is installed. */
const NAMES =
  'throughput naive per-image growth ingest read-side first-result claim politeness encoders small-requests lanes outputs crowd'.split(
    ' ',
  );

const minutesSince = (begun) => (performance.now() - begun) / 60_000;

const runOne = async (measure, { place, quick, changed, settings, begun, createContext }) => {
  const say = (line) => console.log(`  ${minutesSince(begun).toFixed(1)} min · ${measure.name}: ${line}`);
  const sizes = { ...measure.sizes[quick ? 'quick' : 'full'], ...changed };
  console.log(`\n${measure.title}`);
  const context = createContext({ place, sizes, say, settings });
  try {
    const parts = await measure.run(context);
    console.log(`\n${parts.join('\n\n')}`);
    return { title: measure.title, parts };
  } catch (error) {
    // A failed measure must not discard the figures of the others; its section reports the error.
    console.error(error);
    process.exitCode = 1;
    return { title: measure.title, parts: [`**Failed:** ${error.message}`] };
  } finally {
    await context.close();
  }
};

await runScript(async () => {
  const wanted = readArguments(process.argv.slice(2), NAMES);
  await prepare();
  // These modules need what prepare() installs and builds.
  const [{ measures }, { createContext }, { describeMachine }, { resultsFile }, { startDatabase }] = await Promise.all(
    [
      './measures/index.mjs',
      './stage/context.mjs',
      './stage/machine.mjs',
      './stage/report.mjs',
      './stage/database.mjs',
    ].map((file) => import(file)),
  );
  const begun = performance.now();
  const place = await mkdtemp(join(tmpdir(), 'bulk-image-bench-'));
  try {
    const database = await startDatabase(place);
    await database.stop();
    const machine = describeMachine(database.engine, wanted.settings);
    for (const [name, value] of machine) console.log(`${name.padEnd(16)} ${value}`);
    const sections = [];
    for (const measure of measures.filter(({ name }) => wanted.only.includes(name))) {
      const changed = wanted.sizes.get(measure.name);
      sections.push(await runOne(measure, { place, ...wanted, changed, begun, createContext }));
      // After each measure, so that an interrupted run keeps its results.
      if (wanted.out !== undefined) {
        const command = ['npm run bench --', ...process.argv.slice(2)].join(' ');
        await writeFile(wanted.out, resultsFile({ machine, command, sections, minutes: minutesSince(begun) }));
      }
    }
    console.log(`\n${minutesSince(begun).toFixed(1)} minutes`);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
  return process.exitCode ?? 0;
});
