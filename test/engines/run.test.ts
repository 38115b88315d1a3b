import { runEngines } from '../../scripts/engines/run.mjs';
import { Unavailable } from '../../scripts/engines/unavailable.mjs';

let stopped: string[];
let printed: string;
beforeEach(() => {
  stopped = [];
  printed = '';
});
const print = (text: string): void => {
  printed += `${text}\n`;
};

const engine = (name: string, start = async () => {}) => ({
  name,
  prepare: async () => ({
    version: '1.2',
    async start() {
      await start();
      return { uri: `mongodb://${name}/`, version: async () => '1.2', stop: async () => void stopped.push(name) };
    },
  }),
});
const missing = { name: 'missing', prepare: () => Promise.reject(new Unavailable('no JDK')) };
const good = async () => ({
  passed: 5,
  failed: 0,
  skipped: [
    { file: 'a', count: 1 },
    { file: 'b', count: 2 },
  ],
});

test('an engine that is not here is named with what it lacks, and is no failure', async () => {
  expect(await runEngines([missing, engine('one')], good, print)).toEqual({ passed: 5, failed: 0, ran: true });
  expect(printed).toContain('| missing | not here: no JDK | | | |\n| one | 1.2 | 5 | 0 | 3 |\n');
  expect(await runEngines([missing], good, print)).toMatchObject({ failed: 0, ran: false });
});

test('each engine gets its own address and is stopped before the next one starts', async () => {
  const seen: unknown[] = [];
  const runTests = async (uri: string) => {
    seen.push([uri, [...stopped]]);
    return good();
  };
  expect(await runEngines([engine('one'), engine('two')], runTests, print)).toMatchObject({ passed: 10 });
  expect(seen).toEqual([
    ['mongodb://one/', []],
    ['mongodb://two/', ['one']],
  ]);
  expect(stopped).toEqual(['one', 'two']);
});

test('an engine that does not start, and tests that fail or break off, are failures; the others still run', async () => {
  const broken = engine('broken', () => Promise.reject(new Error('port in use')));
  const runTests = async (uri: string) => {
    if (uri.includes('bad')) return { passed: 4, failed: 2, skipped: [] };
    if (uri.includes('worse')) throw new Error('jest broke');
    return good();
  };
  const engines = [broken, engine('bad'), engine('worse'), engine('fine')];
  expect(await runEngines(engines, runTests, print)).toEqual({ passed: 9, failed: 4, ran: true });
  expect(stopped).toEqual(['bad', 'worse', 'fine']);
  expect(printed).toContain('FAILED: port in use');
  expect(printed).toContain('| bad | 1.2 | 4 | 2 | 0 |');
});
