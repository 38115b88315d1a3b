import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Python's Pillow with LittleCMS, in a virtual environment of its own, by which the tests judge colours. */

/** The last releases of both that run on Python 3.10. */
const PACKAGES = ['pillow==12.0.0', 'pillow-heif==1.1.1'];
const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
const INSTALL_MS = 5 * 60_000;
const SCRIPT_MS = 60_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

const venv = path.join(
  process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'),
  'bulk-image-processor',
  PACKAGES.join('-').replaceAll('==', '-'),
);
const python = path.join(venv, 'bin', 'python');

const works = (): boolean =>
  existsSync(python) &&
  spawnSync(python, ['-c', 'import pillow_heif; from PIL import ImageCms, features; assert features.check("avif")'], {
    stdio: 'ignore',
  }).status === 0;

/**
 * Installs it once for this user.
 * @returns null, or why it cannot be had here
 * @throws Error where it must be had: in CI, if there is Python
 */
export const preparePillow = (): string | null => {
  if (works()) return null;
  const base = PYTHONS.find(
    (name) => spawnSync(name, ['-c', 'import venv, ensurepip'], { stdio: 'ignore' }).status === 0,
  );
  if (base === undefined) return 'there is no Python 3 with venv here';
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(path.dirname(venv), { recursive: true });
  spawnSync(base, ['-m', 'venv', venv], { stdio: 'ignore' });
  const quietly = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '2', '--timeout', '30'];
  const done = spawnSync(python, ['-m', 'pip', 'install', '--only-binary', ':all:', ...quietly, ...PACKAGES], {
    encoding: 'utf8',
    timeout: INSTALL_MS,
  });
  if (done.status === 0 && works()) return null;
  rmSync(venv, { recursive: true, force: true });
  const reason = `Pillow could not be installed from PyPI: ${done.stderr?.trim().split('\n').at(-1) ?? done.error}`;
  if (process.env.CI === 'true') throw new Error(reason);
  return reason;
};

/** Runs a script of scripts/colour/ and returns what it prints. */
export const runPillow = (script: string, args: readonly string[]): string => {
  // -B: no compiled files between the sources.
  const { status, stdout, stderr, error } = spawnSync(
    python,
    ['-B', path.resolve('scripts', 'colour', script), ...args],
    { encoding: 'utf8', timeout: SCRIPT_MS, maxBuffer: MAX_OUTPUT_BYTES },
  );
  if (status !== 0) throw new Error(`${script} failed: ${stderr || String(error)}`);
  return stdout;
};
