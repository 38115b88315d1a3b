/**
 * Makes a fresh clone runnable: dependencies and build, each only when it is missing or out of date.
 * Plain JavaScript without imports from node_modules, as it runs before anything is installed.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export const root = path.resolve(import.meta.dirname ?? '.', '..');
const inRoot = (...parts) => path.join(root, ...parts);

const OLDEST_NODE = [20, 19];
const STAMP = inRoot('dist', '.built-from');
const LOCK_POLL_MS = 200;

/** An error with a user-facing message, shown without a stack trace. */
export class SetupError extends Error {}

/** Runs `main` and ends the process with the code it resolves to; a SetupError is shown as one line. */
export const runScript = async (main) => {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  }
};

export const checkNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new SetupError(
    `Node.js ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node}: install one from https://nodejs.org`,
  );
};

const OPEN_FILES_NEEDED = 256;

/** The same as src/open-files.ts, which is not built yet: npm and the compiler would fail halfway, and leave half of it. */
export const checkOpenFiles = () => {
  let limits = '';
  try {
    limits = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return;
  }
  const limit = Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  if (limit >= OPEN_FILES_NEEDED) return;
  throw new SetupError(
    `This process may open ${limit} files but needs at least ${OPEN_FILES_NEEDED}. Raise the limit with "ulimit -n 1024" in this shell, LimitNOFILE=1024 in a systemd unit or --ulimit nofile=1024 for a container, and start again.`,
  );
};

/** The environment of tests and other programs: libuv's pool must have its size before node starts. */
export const runtimeEnvironment = () => ({
  UV_THREADPOOL_SIZE: String(availableParallelism() + 4),
  // glibc keeps memory of many small arenas; two are enough and save a sixth of the peak.
  MALLOC_ARENA_MAX: '2',
  ...process.env,
});

const MIB = 1024 * 1024;

/** `MEMORY_BYTES` of the environment or of `.env`; infinite if it is not set. */
const givenMemory = () => {
  const fromFile = existsSync(inRoot('.env')) ? readFileSync(inRoot('.env'), 'utf8') : '';
  const given = process.env.MEMORY_BYTES || /^\s*MEMORY_BYTES\s*=\s*["']?(\d+)/m.exec(fromFile)?.[1];
  return Number(given) || Number.POSITIVE_INFINITY;
};

/** Bytes that the service may plan with. */
const memoryOfService = () =>
  Math.min(totalmem(), process.constrainedMemory?.() || Number.POSITIVE_INFINITY, givenMemory());

/**
 * The environment of the service. glibc gives memory that a picture has freed back to the system at once, and the next one pays
 * for each page of it again; an eighth of the memory, from 2 GiB on, may be kept instead
 * (docs/decisions/0067-memory-kept.md).
 */
export const serviceEnvironment = (memory = memoryOfService()) => {
  if (memory < 2048 * MIB) return runtimeEnvironment();
  return {
    MALLOC_MMAP_THRESHOLD_: String(64 * MIB),
    MALLOC_TRIM_THRESHOLD_: String(Math.min(512 * MIB, Math.floor(memory / 8))),
    ...runtimeEnvironment(),
  };
};

/** The package from npm is built, and installed by npm; it has no sources. */
export const isPackaged = !existsSync(inRoot('src'));

/** Runs a program with this terminal; resolves to its exit code, 128 + 15 or the like when a signal ended it. */
export const run = (program, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });

/** A step of the set-up. All of its output goes to stderr: stdout belongs to the program that is set up. */
const runStep = (program, args, options = {}) =>
  run(program, args, { stdio: ['inherit', process.stderr, 'inherit'], ...options });

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Holds a lock of this clone while `work` runs, so that `npm start` and `npm test` at the same time take turns. */
const alone = async (work) => {
  const clone = createHash('sha256').update(`${userInfo().uid} ${root}`).digest('hex').slice(0, 16);
  const file = path.join(tmpdir(), `bulk-image-processor-${clone}.lock`);
  let reported = false;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    let owner = 0;
    try {
      owner = Number(readFileSync(file, 'utf8'));
      // Empty: being written now, or left by a crash.
      if (owner === 0 && Date.now() - statSync(file).mtimeMs < 2_000) owner = process.pid;
    } catch {
      continue;
    }
    if (!isAlive(owner) || Number.isNaN(owner) || owner === 0) rmSync(file, { force: true });
    else {
      if (!reported) console.error(`Waiting for process ${owner}, which is setting up this clone…`);
      reported = true;
      await pause(LOCK_POLL_MS);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
};

const packagesOf = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
};

/** True when every package of the lockfile is installed in its version; optional ones may be of other platforms. */
const dependenciesMatch = () => {
  const installed = packagesOf(inRoot('node_modules', '.package-lock.json'));
  return Object.entries(packagesOf(inRoot('package-lock.json'))).every(
    ([name, { version, optional, devOptional }]) =>
      name === '' || installed[name]?.version === version || ((optional || devOptional) && !(name in installed)),
  );
};

const install = async () => {
  if (existsSync(inRoot('node_modules')) && dependenciesMatch()) return;
  console.error('Installing dependencies (npm ci)…');
  // Left by an `npm pack` that was killed; npm would take it for the lockfile.
  rmSync(inRoot('npm-shrinkwrap.json'), { force: true });
  // The build needs the development dependencies, regardless of NODE_ENV.
  const code = await runStep('npm', ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {
    shell: process.platform === 'win32',
  });
  if (code !== 0) {
    throw new SetupError('npm ci failed, see above. Check the connection to the npm registry and try again.');
  }
};

/** Installs what package-lock.json lists, unless it is installed already. */
export const ensureDependencies = () => alone(install);

const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();

/** A digest of everything the build is made from; contents, because a checkout changes every time stamp. */
const sourceDigest = () => {
  const digest = createHash('sha256');
  const scripts = ['build-page.mjs', 'build-programs.mjs'].map((name) => path.join('scripts', name));
  const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', ...scripts];
  for (const file of [
    ...filesBelow(inRoot('src')),
    // Not all of samples/: `compress samples/products.csv` writes its output there.
    ...filesBelow(inRoot('samples', 'photos')),
    inRoot('samples', 'products.csv'),
    ...settings.map((name) => inRoot(name)),
  ]) {
    digest
      .update(`${path.relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return digest.digest('hex');
};

const isBuiltFrom = (digest) => {
  try {
    return readFileSync(STAMP, 'utf8') === digest;
  } catch {
    return false;
  }
};

const build = async () => {
  const digest = sourceDigest();
  if (isBuiltFrom(digest)) return;
  console.error('Building…');
  // Built next to dist/ and swapped in: a failed build keeps the last good one, and no stale files remain.
  const building = inRoot(`dist-building-${process.pid}`);
  const replaced = inRoot(`dist-replaced-${process.pid}`);
  try {
    const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
    const steps = [
      [tsc, '-p', 'tsconfig.build.json', '--outDir', building],
      [inRoot('scripts', 'build-programs.mjs'), building],
      [inRoot('scripts', 'build-page.mjs'), path.join(building, 'web')],
    ];
    for (const step of steps) {
      if ((await runStep(process.execPath, step)) !== 0)
        throw new SetupError('The build failed: fix the errors above.');
    }
    writeFileSync(path.join(building, path.basename(STAMP)), digest);
    if (existsSync(inRoot('dist'))) renameSync(inRoot('dist'), replaced);
    renameSync(building, inRoot('dist'));
  } finally {
    rmSync(building, { recursive: true, force: true });
    rmSync(replaced, { recursive: true, force: true });
  }
};

/** Compiles src/ into dist/ and bundles the page, unless dist/ was built from these sources. */
export const ensureBuild = () => alone(build);

/** Everything that must be there before the service or a test can run. */
export const prepare = async () => {
  checkNode();
  checkOpenFiles();
  if (isPackaged) return;
  await ensureDependencies();
  await ensureBuild();
};
