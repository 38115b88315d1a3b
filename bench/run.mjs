/** `npm run bench`: measures the built service; see bench/README.md. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, runScript } from '../scripts/prepare.mjs';
import { readArguments } from './stage/arguments.mjs';

/** Listed here as well, so that a wrong argument is reported before anything is installed. */
const NAMES =
  'throughput naive per-image growth ingest read-side first-result claim politeness encoders small-requests lanes outputs crowd imgproxy https limited-hosts commands resized'.split(
    ' ',
  );

/** What `--only goals` stands for. */
const GOALS = 'throughput naive per-image imgproxy https limited-hosts commands resized'.split(' ');

const minutesSince = (begun) => (performance.now() - begun) / 60_000;

const runOne = async (measure, { place, quick, changed, settings, engine, goals, begun, createContext }) => {
  const say = (line) => console.log(`  ${minutesSince(begun).toFixed(1)} min · ${measure.name}: ${line}`);
  const sizes = { ...measure.sizes[quick ? 'quick' : 'full'], ...changed };
  const title = `${measure.title}${engine === 'embedded' ? ' (embedded engine)' : ''}`;
  console.log(`\n${title}`);
  const context = createContext({ place, sizes, say, settings, engine, goals });
  try {
    const parts = await measure.run(context);
    console.log(`\n${parts.join('\n\n')}`);
    return { title, parts };
  } catch (error) {
    // A failed measure must not discard the figures of the others; its section reports the error.
    console.error(error);
    process.exitCode = 1;
    return { title, parts: [`**Failed:** ${error.message}`] };
  } finally {
    await context.close();
  }
};

const runAll = async (
  wanted,
  { measures, createContext, describeMachine, resultsFile, startDatabase, createGoals },
) => {
  const begun = performance.now();
  const place = await mkdtemp(join(tmpdir(), 'bulk-image-bench-'));
  const goals = createGoals();
  const earlier = wanted.out === undefined ? '' : await readFile(wanted.out, 'utf8').catch(() => '');
  try {
    const database = await startDatabase(place, wanted.engine);
    await database.stop();
    const machine = describeMachine(database.engine, wanted.settings);
    for (const [name, value] of machine) console.log(`${name.padEnd(16)} ${value}`);
    const { Date: date, Commit: commit } = Object.fromEntries(machine);
    const command = ['npm run bench --', ...process.argv.slice(2)].join(' ');
    const source = `Measured by \`${command}\` on ${date} with ${database.engine}, commit ${commit}`;
    const goalsSection = () => ({
      title: `Goals, with ${database.name}`,
      parts: [
        'Computed from the sections below: the median decides, of ratios of two values of the same round where no unit is named.',
        goals.table(database.isSlow ? 'embedded' : 'fastest'),
      ],
    });
    const sections = [];
    for (const measure of measures.filter(({ name }) => wanted.only.includes(name))) {
      const changed = wanted.sizes.get(measure.name);
      sections.push(await runOne(measure, { place, ...wanted, changed, goals, begun, createContext }));
      // After each measure, so that an interrupted run keeps its results.
      if (wanted.out !== undefined) {
        const shown = goals.isEmpty() ? sections : [goalsSection(), ...sections];
        await writeFile(wanted.out, resultsFile({ machine, source, sections: shown, earlier }));
      }
    }
    if (!goals.isEmpty()) console.log(`\n${goalsSection().title}\n${goalsSection().parts.at(-1)}`);
    console.log(`\n${minutesSince(begun).toFixed(1)} minutes`);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
};

await runScript(async () => {
  const wanted = readArguments(process.argv.slice(2), NAMES, { goals: GOALS });
  await prepare();
  // These modules need what prepare() installs and builds.
  const modules = await Promise.all(
    [
      './measures/index.mjs',
      './stage/context.mjs',
      './stage/machine.mjs',
      './stage/report.mjs',
      './stage/database.mjs',
      './stage/goals.mjs',
    ].map((file) => import(file)),
  );
  await runAll(wanted, Object.assign({}, ...modules));
  return process.exitCode ?? 0;
});
