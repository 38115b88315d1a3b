import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from '../../src/database/connect.ts';
import { type EmbeddedDatabase, type EmbeddedOptions, startEmbedded } from '../../src/embedded/embedded.ts';
import { lockFile } from '../../src/embedded/file-lock.ts';
import { databaseProcessesIn, processMark } from '../../src/embedded/processes.ts';
import { GUARDIAN_FILE, TEST_ENGINES } from '../support/database.ts';
import { embeddedTest as test } from '../support/embedded-test.ts';
import { waitFor } from '../support/wait-for.ts';

let directory: string;
let data: string;
let open: Array<() => Promise<unknown>>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'embedded-'));
  data = join(directory, 'data');
  open = [];
});
afterEach(async () => {
  for (const close of open.reverse()) await close();
  await rm(directory, { recursive: true, force: true });
});

const start = async (more: Partial<EmbeddedOptions> = {}): Promise<EmbeddedDatabase> => {
  const database = await startEmbedded({
    dataDirectory: data,
    guardianFile: GUARDIAN_FILE,
    engines: TEST_ENGINES,
    log: () => undefined,
    ...more,
  });
  open.push(() => database.stop());
  return database;
};

const insert = async (uri: string, name: string): Promise<void> => {
  const connection = await connect(uri, () => undefined);
  await connection.collection<{ _id: string }>('things').insertOne({ _id: name });
  await connection.close();
};

const names = async (uri: string): Promise<string[]> => {
  const connection = await connect(uri, () => undefined);
  const things = await connection.collection<{ _id: string }>('things').find().sort({ _id: 1 }).toArray();
  await connection.close();
  return things.map(({ _id }) => _id);
};

/** A process that owns a database in the same folder, for tests that kill it. */
const startOwner = async (engine: string): Promise<{ process: ChildProcess; uri: string; pid: number }> => {
  const child = spawn(process.execPath, [resolve('test/support/workers/database-owner.cjs'), data, engine], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  open.push(async () => {
    child.kill('SIGKILL');
    await ended;
    await waitFor(() => databaseProcessesIn(data).length === 0);
  });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => Promise.reject(new Error('the owner exited'))),
  ]);
  return { process: child, ...JSON.parse(line) };
};

const engineHere = async (): Promise<string> => {
  const database = await start();
  await database.stop();
  return database.engine;
};

test('data survives a restart, and stopping leaves no process and no lock behind', async () => {
  const first = await start();
  await insert(first.uri, 'kept');
  await Promise.all([first.stop(), first.stop()]);
  expect(processMark(first.pid)).toBeNull();
  expect(databaseProcessesIn(data)).toEqual([]);
  expect(existsSync(join(data, 'embedded.json'))).toBe(false);

  const second = await start();
  expect(await names(second.uri)).toEqual(['kept']);
  expect(second.directory).toBe(join(data, second.engine));
});

test('the log reports which engine runs and where', async () => {
  const logged: Array<[string, object | undefined]> = [];
  const database = await start({ log: (message, facts) => logged.push([message, facts]) });
  expect(logged).toContainEqual([
    expect.stringMatching(/^Embedded database started: /),
    expect.objectContaining({ engine: database.engine, directory: database.directory, process: database.pid }),
  ]);
  expect(JSON.parse(readFileSync(join(data, 'embedded.json'), 'utf8'))).toMatchObject({
    owner: { pid: process.pid },
    engine: database.engine,
    databasePid: database.pid,
  });
});

test('a second instance on the same folder is refused with the process ID of the owner and a hint', async () => {
  const first = await start();
  await expect(start()).rejects.toMatchObject({
    code: 'database_unavailable',
    message: `${data} is in use by process ${process.pid}; stop it, or set MONGODB_URI so both share one database.`,
  });
  await insert(first.uri, 'still there');
  expect(await names(first.uri)).toEqual(['still there']);
});

test('an owner that cannot be seen, as in another container, keeps the folder for as long as it holds the file lock', async () => {
  await mkdir(data);
  const lock = await lockFile(join(data, 'embedded.lock'), process.env);
  if (lock === 'taken' || lock === null) throw new Error(`there is no file lock here: ${lock}`);
  open.push(async () => lock.release());
  const owner = { pid: 2 ** 30, mark: 'x', host: 'elsewhere' };
  await writeFile(join(data, 'embedded.json'), JSON.stringify({ owner, locked: true }));
  await expect(start()).rejects.toThrow(`${data} is in use by another container (host name elsewhere); stop it`);
});

test('a database whose service and guardian were killed keeps the folder locked until it has ended', async () => {
  const killed = await startOwner(await engineHere());
  const lock = await lockFile(join(data, 'embedded.lock'), process.env);
  expect(lock).toBe('taken');
  killed.process.kill('SIGKILL');
  await waitFor(() => databaseProcessesIn(data).length === 0);
  await waitFor(async () => {
    const again = await lockFile(join(data, 'embedded.lock'), process.env);
    if (again !== 'taken') again?.release();
    return again !== 'taken';
  });
});

test('of several instances that start at the same time exactly one gets the folder', async () => {
  const outcomes = await Promise.allSettled([start(), start(), start()]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('after kill -9 of the owner the database stops, and the next start finds the same data', async () => {
  const killed = await startOwner(await engineHere());
  await insert(killed.uri, 'acknowledged');
  expect(processMark(killed.pid)).not.toBeNull();
  killed.process.kill('SIGKILL');

  // Immediately: the killed owner's database may still be shutting down.
  const next = await start();
  expect(await names(next.uri)).toEqual(['acknowledged']);
  expect(processMark(killed.pid)).toBeNull();
});

test('the guardian stops the database of a killed owner', async () => {
  const killed = await startOwner(await engineHere());
  killed.process.kill('SIGKILL');
  await waitFor(() => databaseProcessesIn(data).length === 0);
  expect(processMark(killed.pid)).toBeNull();
});

test('the lock of a dead process is taken over, even if its process ID has been reused', async () => {
  const engine = await engineHere();
  const mine = { pid: process.pid, mark: 'another start time' };
  for (const content of [JSON.stringify({ owner: { pid: 2 ** 30, mark: 'x' } }), JSON.stringify({ owner: mine })]) {
    await writeFile(join(data, 'embedded.json'), content);
    const database = await start();
    expect(database.engine).toBe(engine);
    await database.stop();
  }
});

test('a partially written lock is taken over', async () => {
  await engineHere();
  await writeFile(join(data, 'embedded.json'), '{"own');
  expect(await (await start()).stop()).toBeUndefined();
});

test('a leftover database process is killed only if it uses this folder', async () => {
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', '--dbpath', `${data}-other`]);
  const leftover = spawn(process.execPath, [
    '-e',
    'setInterval(() => {}, 1000)',
    '--',
    '--dbpath',
    join(data, 'mongod'),
  ]);
  const ended = once(leftover, 'exit');
  open.push(async () => {
    bystander.kill();
    leftover.kill();
  });
  await engineHere();
  await writeFile(join(data, 'embedded.json'), JSON.stringify({ owner: { pid: 2 ** 30, mark: 'x' } }));
  await start();
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
});

test('a killed database is restarted at the same address with its data', async () => {
  const reasons: string[] = [];
  const database = await start({ onExit: (reason) => reasons.push(reason) });
  await insert(database.uri, 'before');
  const connection = await connect(database.uri, () => undefined);
  process.kill(database.pid, 'SIGKILL');
  await waitFor(() => reasons.length > 0);
  expect(reasons).toEqual(['it exited with SIGKILL']);

  // The open connection reconnects.
  await waitFor(async () => {
    const found = await connection
      .collection('things')
      .countDocuments()
      .catch(() => 0);
    return found === 1;
  });
  await connection.close();
  await database.stop();
  expect(databaseProcessesIn(data)).toEqual([]);
});
