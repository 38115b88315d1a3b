import { Unavailable } from './unavailable.mjs';

/** A row of the table; `missing` says why the engine is not here. */
const runOne = async ({ name, prepare }, runTests) => {
  let prepared;
  try {
    prepared = await prepare();
  } catch (error) {
    if (error instanceof Unavailable) return { name, missing: error.message };
    return { name, version: '', passed: 0, failed: 1, skipped: 0, error };
  }
  const { version, start } = prepared;
  let server;
  try {
    server = await start();
    const { passed, failed, skipped } = await runTests(server.uri);
    const sum = skipped.reduce((total, { count }) => total + count, 0);
    return { name, version: version ?? (await server.version()), passed, failed, skipped: sum };
  } catch (error) {
    return { name, version: version ?? '', passed: 0, failed: 1, skipped: 0, error };
  } finally {
    await server?.stop();
  }
};

const tableOf = (rows) => [
  '| engine | version | passed | failed | skipped |',
  '| --- | --- | --- | --- | --- |',
  ...rows.map(({ name, missing, version, passed, failed, skipped }) =>
    missing === undefined
      ? `| ${name} | ${version} | ${passed} | ${failed} | ${skipped} |`
      : `| ${name} | not here: ${missing} | | | |`,
  ),
];

/**
 * Runs the tests on each engine that is available, one after the other, and prints the table; an engine that is here and
 * does not start has failed.
 * @param engines `{ name, prepare(): Promise<{ version?, start(): Promise<{ uri, version?(), stop() }> }> }`
 * @param runTests `(uri) => Promise<{ passed, failed, skipped: { count }[] }>`
 * @returns the sums of passed and failed
 */
export const runEngines = async (engines, runTests, print) => {
  const rows = [];
  for (const engine of engines) {
    print(`\n— ${engine.name}`);
    const row = await runOne(engine, runTests);
    if (row.missing !== undefined) print(`not here: ${row.missing}`);
    if (row.error !== undefined) print(`FAILED: ${row.error.message}`);
    rows.push(row);
  }
  print(['', ...tableOf(rows)].join('\n'));
  const sum = (key) => rows.reduce((total, row) => total + (row[key] ?? 0), 0);
  return { passed: sum('passed'), failed: sum('failed'), ran: rows.some(({ missing }) => missing === undefined) };
};
