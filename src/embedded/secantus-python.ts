import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inContainer } from './container.ts';
import { type Engine, type EngineContext, EngineUnavailable } from './engine.ts';
import { processMark } from './processes.ts';
import { findProgram, run } from './programs.ts';

export const SECANTUSDB_VERSION = '0.7.0b3';
const FOLDER = `secantusdb-${SECANTUSDB_VERSION}`;
/** Wheels are published for CPython 3.10 to 3.13. */
const PYTHONS = ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3', 'python'];
const OLDEST_MINOR = 10;
const NEWEST_MINOR = 13;
const INSTALL_MS = 5 * 60_000;
const PROBE = 'import sys; print("%d %d" % sys.version_info[:2]); import venv, ensurepip';

const pythonOf = (venv: string): string =>
  path.join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/** The first Python that can create a virtual environment for the wheels; throws with what each candidate lacks. */
const findPython = async ({ env }: EngineContext): Promise<string> => {
  const lacking: string[] = [];
  for (const name of PYTHONS) {
    const program = findProgram(name, env);
    if (program === null) continue;
    const { ok, stdout } = await run(program, ['-I', '-c', PROBE], { env, timeoutMs: 20_000 });
    const [major = 0, minor = 0] = stdout.trim().split(' ').map(Number);
    if (major === 0) continue; // a version manager's shim without an active version
    if (major !== 3 || minor < OLDEST_MINOR || minor > NEWEST_MINOR) lacking.push(`${name} is ${major}.${minor}`);
    else if (ok) return program;
    else
      lacking.push(
        `${name} has no venv module${inContainer(env) ? '' : ' (Debian, Ubuntu: sudo apt install python3-venv)'}`,
      );
  }
  const found = lacking.length === 0 ? 'no python3 on PATH' : lacking.join(', ');
  throw new EngineUnavailable(`it needs Python 3.${OLDEST_MINOR} to 3.${NEWEST_MINOR}: ${found}`);
};

/** Removes the folders of interrupted installs: the process named in them no longer exists. */
const removeLeftovers = (cache: string): void => {
  for (const entry of readdirSync(cache)) {
    const owner = /^secantusdb-.*\.tmp-(\d+)-/.exec(entry)?.[1];
    if (owner !== undefined && processMark(Number(owner)) === null) {
      rmSync(path.join(cache, entry), { recursive: true, force: true });
    }
  }
};

/**
 * Builds the virtual environment in a temporary folder and renames it when complete. Moving one is safe as long as only
 * its `python` is called: scripts in `bin/` contain the old path.
 */
const install = async (context: EngineContext, target: string): Promise<void> => {
  const { env, cacheDirectory, log } = context;
  const python = await findPython(context);
  removeLeftovers(cacheDirectory);
  log(`Installing SecantusDB ${SECANTUSDB_VERSION} from PyPI, once for this user`, { python, directory: target });
  const building = path.join(cacheDirectory, `${FOLDER}.tmp-${process.pid}-${randomUUID()}`);
  try {
    const steps: Array<[string, string[]]> = [
      [python, ['-m', 'venv', building]],
      [
        pythonOf(building),
        ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check']
          .concat(['--retries', '2', '--timeout', '30'])
          .concat(['--only-binary', 'secantusdb', `secantusdb==${SECANTUSDB_VERSION}`]),
      ],
    ];
    for (const [program, args] of steps) {
      const { ok, stdout, stderr } = await run(program, args, { env, timeoutMs: INSTALL_MS });
      if (!ok) {
        const output = `${stdout}\n${stderr}`.trim().split('\n').slice(-3).join(' ');
        throw new EngineUnavailable(`the install from PyPI failed: ${output}`);
      }
    }
    try {
      renameSync(building, target);
    } catch (error) {
      // Another process has installed it meanwhile.
      if (!existsSync(pythonOf(target))) throw error;
    }
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
};

/** SecantusDB's Python server, pinned, in a private virtual environment in the user's cache. */
export const secantusPython: Engine = {
  name: 'secantusdb',
  async prepare(context) {
    const target = path.join(context.cacheDirectory, FOLDER);
    const python = pythonOf(target);
    const works = async (): Promise<boolean> =>
      (await run(python, ['-I', '-c', ''], { env: context.env, timeoutMs: 20_000 })).ok;
    if (!(await works())) {
      // The Python it was created with may have been removed.
      rmSync(target, { recursive: true, force: true });
      await install(context, target);
    }
    return {
      program: python,
      // --sync-on-commit: without it, acknowledged writes were lost on kill -9.
      args: (storage, port, cacheBytes) =>
        ['-I', '-m', 'secantus', '--host', '127.0.0.1', '--port', String(port)]
          .concat([
            '--storage-path',
            storage,
            '--sync-on-commit',
            '--cache-size',
            `${Math.ceil(cacheBytes / 1024 ** 2)}M`,
          ])
          .concat(['--log-level', 'WARNING']),
    };
  },
};
