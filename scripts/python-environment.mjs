import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { prepare, runScript } from './prepare.mjs';

const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
const INSTALL_MS = 5 * 60_000;

/**
 * Packages of PyPI in a virtual environment of their own, kept in the user's cache.
 * @param module what has to be importable
 * @returns its Python, and `install`, which gives the reason when the packages cannot be had
 */
export const pythonEnvironment = (name, requirements, module) => {
  const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  const venv = path.join(cache, 'bulk-image-processor', name);
  const python = path.join(venv, 'bin', 'python');
  const runs = (program, code) => spawnSync(program, ['-c', code], { stdio: 'ignore' }).status === 0;
  const works = () => existsSync(python) && runs(python, `import ${module}`);

  const install = () => {
    if (works()) return null;
    rmSync(venv, { recursive: true, force: true });
    mkdirSync(path.dirname(venv), { recursive: true });
    const base = PYTHONS.find((program) => runs(program, 'import venv, ensurepip'));
    if (base === undefined) return 'there is no Python 3 with venv here';
    console.log(`Installing ${requirements.join(' and ')} from PyPI, once for this user…`);
    spawnSync(base, ['-m', 'venv', venv], { stdio: 'inherit' });
    const quietly = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '2', '--timeout', '30'];
    const done = spawnSync(python, ['-m', 'pip', 'install', ...quietly, ...requirements], {
      encoding: 'utf8',
      timeout: INSTALL_MS,
    });
    if (done.status === 0 && works()) return null;
    rmSync(venv, { recursive: true, force: true });
    return `it could not be installed from PyPI: ${done.stderr?.trim().split('\n').at(-1) ?? done.error}`;
  };

  return { python, install };
};

/**
 * Sets up the service and the packages, then works in a temporary folder; SKIPs with the reason where they cannot be had.
 * @param skipped what is not done then, as the beginning of a sentence
 * @param work resolves to the exit code
 */
export const runWithPackages = (install, { skipped, prefix }, work) =>
  runScript(async () => {
    await prepare();
    const reason = install();
    if (reason !== null) {
      console.log(`\nSKIPPED: ${skipped}, ${reason}.\n\n0 passed, 0 failed`);
      return 0;
    }
    const directory = mkdtempSync(path.join(tmpdir(), prefix));
    try {
      return await work(directory);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
