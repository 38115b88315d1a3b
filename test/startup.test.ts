import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../src/config.ts';
import { withoutSecrets } from '../src/database/connect.ts';
import { AppError } from '../src/errors.ts';
import { OPEN_FILES_NEEDED, openFilesError } from '../src/open-files.ts';
import { startupError, welcome, welcomeText, whoMayReach } from '../src/startup.ts';
import { killInstances, startInstance } from './support/instance.ts';
import { waitFor } from './support/wait-for.ts';

let directory: string;
let taken: Server;
let port: number;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'startup-'));
  await writeFile(join(directory, 'file'), '');
  taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  port = (taken.address() as AddressInfo).port;
});
afterAll(async () => {
  await killInstances();
  taken.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const environment = (changes: Record<string, string> = {}) => ({
  ...{ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'warn', MONGODB_URI: process.env.TEST_MONGODB_URI ?? '' },
  ...{ DATA_DIR: join(directory, 'data'), PROCESSED_DIR: join(directory, 'images') },
  ...changes,
});

/** Starts the built service, which is expected to exit; returns its output and exit code. */
const startAndEnd = async (changes: Record<string, string>, command = [process.execPath, 'dist/main.js']) => {
  const env = { ...process.env, ...environment(changes) };
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
};

test.each<[string, () => Record<string, string>, RegExp]>([
  [
    'a port in use',
    () => ({ PORT: String(port) }),
    /^Port \d+ is in use\. Stop the other program, or set PORT to a free one\.\n$/,
  ],
  [
    'an address of another machine',
    () => ({ HOST: '192.0.2.1' }),
    /^HOST 192\.0\.2\.1 is not an address of this machine\. Use one .*\n$/,
  ],
  ['an unknown host', () => ({ HOST: 'unknown.invalid' }), /^HOST unknown\.invalid is not an address .*\n$/],
  [
    'an unreachable database',
    () => ({ MONGODB_URI: 'mongodb://user:secret@127.0.0.1:1/x' }),
    /^The database at mongodb:\/\/127\.0\.0\.1:1\/x cannot be reached\. Nothing is listening there: start it, or correct MONGODB_URI\.\n$/,
  ],
  [
    'a data folder that is a file',
    () => ({ DATA_DIR: join(directory, 'file') }),
    /^The folder \S+\/file cannot be written: (a file with this name already exists|a part of the path is not a folder)\. .*set DATA_DIR to another folder\.\n$/,
  ],
  [
    'an image folder below a file',
    () => ({ PROCESSED_DIR: join(directory, 'file', 'x') }),
    /^The folder \S+\/file\/x cannot be written: a part of the path is not a folder\. .*set PROCESSED_DIR to another folder\.\n$/,
  ],
])(
  '%s is reported in one line with how to fix it',
  async (_what, changes, line) => {
    const { code, stdout, stderr } = await startAndEnd(changes());
    expect(stderr).toMatch(line);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  },
  30_000,
);

const limited = process.platform === 'linux' ? test : test.skip;

limited.each(['dist/main.js', 'scripts/start.mjs', 'scripts/cli.mjs'])(
  '%s reports a low open-files limit in one line with how to fix it, before anything fails',
  async (file) => {
    const command = ['sh', '-c', `ulimit -n 64; exec ${process.execPath} ${file}`];
    const { code, stdout, stderr } = await startAndEnd({}, command);
    expect(stderr).toMatch(
      /^This process may open 64 files but needs at least 256\. Raise the limit with "ulimit -n 1024".*\n$/,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  },
  30_000,
);

limited(
  'the lowest accepted limit is enough to start',
  async () => {
    const command = ['sh', '-c', `ulimit -n ${OPEN_FILES_NEEDED}; exec ${process.execPath} dist/main.js`];
    const instance = await startInstance(directory, { MONGODB_URI: process.env.TEST_MONGODB_URI ?? '' }, command);
    expect((await fetch(`${instance.url}/ready`)).status).toBe(200);
    instance.process.kill();
    expect(await instance.exited).toEqual({ code: 0, signal: null });
  },
  60_000,
);

test('an unknown or sufficient open-files limit is not an error', () => {
  expect([null, OPEN_FILES_NEEDED, 1_048_576].map(openFilesError)).toEqual([null, null, null]);
  expect(openFilesError(OPEN_FILES_NEEDED - 1)).toContain('255 files');
  const error = Object.assign(new Error('EMFILE'), { code: 'EMFILE', syscall: 'open' });
  expect(startupError(error, config())).toMatch(
    /^This process has reached its limit of open files \(EMFILE\)\. Raise the limit/,
  );
});

const config = (changes: Record<string, string> = {}) => loadConfig(environment(changes));

test.each(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOENT'])(
  '%s names the folder and its variable',
  (code) => {
    const error = Object.assign(new Error(`${code}: ${directory}`), { code, syscall: 'mkdir' });
    expect(startupError(error, config())).toMatch(/^The folder \S+\/data cannot be written: .*set DATA_DIR/);
    const stored = new AppError('storage_unavailable', undefined, { cause: error });
    expect(startupError(stored, config())).toMatch(/^The folder \S+\/images cannot be written: .*set PROCESSED_DIR/);
  },
);

test('any other error keeps its own message', () => {
  expect(startupError(new Error('odd'), config())).toBe('The service could not start: odd');
});

test('the start says one thing: the page URL, the database, the storage and a first command', async () => {
  const instance = await startInstance(directory, {
    MONGODB_URI: process.env.TEST_MONGODB_URI ?? '',
    LOG_LEVEL: 'info',
  });
  while (!instance.log().endsWith('\n')) await once(instance.process.stdout ?? instance.process, 'data');
  const lines = instance.log().trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    msg: `Ready: the page is at ${instance.url}`,
    url: instance.url,
    reference: `${instance.url}/docs`,
    database: withoutSecrets(process.env.TEST_MONGODB_URI ?? ''),
    images: `the folder ${join(directory, 'processed_images')}`,
    memory: expect.stringContaining('MiB'),
    try: `curl -F file=@products.csv ${instance.url}/api/upload`,
  });
});

test('a port in use is said before anything else is started', async () => {
  const unreachable = { PORT: String(port), MONGODB_URI: 'mongodb://127.0.0.1:1/x' };
  expect((await startAndEnd(unreachable)).stderr).toMatch(/^Port \d+ is in use/);
});

test.each([0, 1])(
  'stops in order when the reader of its log has gone after %i lines',
  async (lines) => {
    // A database that never answers: once it is asked, the service takes signals and has written nothing to a broken pipe.
    const silent = createTcpServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const MONGODB_URI = `mongodb://127.0.0.1:${(silent.address() as AddressInfo).port}/x`;
    const command = `node dist/main.js & echo $! >&3; wait $!; echo "code $?" >&3`;
    const reader = lines === 0 ? 'exec 0<&-; exit 0' : `head -n ${lines}`;
    const child = spawn('bash', ['-c', `{ ${command}; } 3>&4 | { ${reader} >/dev/null; }`], {
      env: { ...process.env, ...environment({ LOG_LEVEL: 'debug', MONGODB_URI }) },
      stdio: ['ignore', 'ignore', 'inherit', 'ignore', 'pipe'],
    });
    const connections: Socket[] = [];
    silent.on('connection', (socket) => connections.push(socket));
    let said = '';
    child.stdio[4]?.on('data', (chunk) => (said += chunk));
    await waitFor(async () => connections.length > 0);
    const pid = Number(said.split('\n')[0]);
    process.kill(pid, 'SIGTERM');
    // A flush at the exit that repeats a failing write never ends.
    await waitFor(async () => said.includes('code')).catch(() => process.kill(pid, 'SIGKILL'));
    for (const socket of connections) socket.destroy();
    silent.close();
    await waitFor(async () => said.includes('code'));
    expect(said).toContain('code 0');
  },
  60_000,
);

test('the startup message depends on the role, the keys and the storage', () => {
  const facts = { url: 'http://localhost:3000', database: 'secantusdb in /data', hosts: ['127.0.0.1'] };
  const textOf = (changes: Record<string, string>) => welcomeText(welcome(config(changes), facts));
  expect(textOf({ API_KEYS: 'a-key-0123456789-abc' })).toContain('-H "X-Api-Key: KEY"');
  expect(textOf({ API_KEYS: 'a-key-0123456789-abc' })).toMatch(/^ {2}metrics +closed/m);
  expect(textOf({ API_KEYS: 'a-key-0123456789-abc' })).not.toContain('a-key');
  expect(textOf({ STORAGE: 's3', S3_BUCKET: 'shop' })).toContain('the bucket shop');
  const worker = textOf({ ROLE: 'worker', MONGODB_URI: 'mongodb://x/y' });
  expect(worker).toContain('http://localhost:3000/ready');
  expect(worker).not.toMatch(/page|curl/);
});

const addressesHere = Object.values(networkInterfaces()).flatMap((all) => all ?? []);

test('without keys and HOST the service listens on loopback only, IPv4 and IPv6, and logs how to open it', async () => {
  const instance = await startInstance(directory, { MONGODB_URI: process.env.TEST_MONGODB_URI ?? '', HOST: '' });
  const { port: its } = new URL(instance.url);
  const reaches = (host: string): Promise<boolean> =>
    fetch(`http://${host}:${its}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  expect(await reaches('127.0.0.1')).toBe(true);
  expect(await reaches('[::1]')).toBe(addressesHere.some(({ address }) => address === '::1'));
  for (const { address } of addressesHere.filter(({ family, internal }) => family === 'IPv4' && !internal)) {
    expect([address, await reaches(address)]).toEqual([address, false]);
  }
  const lines = instance.log().match(/Listening on this machine only [^"]*/g);
  expect(lines).toEqual([expect.stringMatching(/API_KEYS is not set\. To open .* set API_KEYS .*HOST=0\.0\.0\.0/)]);
  instance.process.kill();
  expect(await instance.exited).toEqual({ code: 0, signal: null });
});

test('warns only about an address that exposes a service without keys', () => {
  const levelOf = (changes: Record<string, string>) => {
    const read = config(changes);
    return whoMayReach(read, [read.host ?? '127.0.0.1'])?.level ?? null;
  };
  const keys = { API_KEYS: 'a-key-0123456789-abc' };
  const worker = { ROLE: 'worker', MONGODB_URI: 'mongodb://x/y' };
  expect(levelOf({ HOST: '0.0.0.0' })).toBe('warn');
  expect(levelOf({ HOST: '10.0.0.7' })).toBe('warn');
  expect(levelOf({ HOST: '' })).toBe('info');
  expect(levelOf({ HOST: '127.0.0.1' })).toBeNull();
  expect(levelOf({ HOST: '0.0.0.0', ...worker })).toBeNull();
  expect(levelOf({ HOST: '0.0.0.0', ...keys })).toBeNull();
  expect(levelOf({ HOST: '', ...keys })).toBeNull();
});

test('a SIGTERM before the service is loaded ends it at once with 0', async () => {
  const atOnce = `process.on('newListener', (name) => { if (name === 'SIGTERM') process.nextTick(() => process.kill(process.pid, name)); });`;
  const preload = `data:text/javascript,${encodeURIComponent(atOnce)}`;
  // Had it been loaded, it would have logged that it is stopping.
  expect(await startAndEnd({ LOG_LEVEL: 'info' }, [process.execPath, '--import', preload, 'dist/main.js'])).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
});
