/** The package as `npm pack` makes it, installed in an empty folder with what its lockfile lists. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../prepare.mjs';

const STEP_MS = 4 * 60_000;
/** What no user of the package needs. */
const UNWANTED = /^(?:test|bench|src|samples|\.ci)\//;

const npm = promisify(execFile);
const runNpm = (args, cwd) =>
  npm('npm', args, { cwd, timeout: STEP_MS, killSignal: 'SIGKILL', shell: process.platform === 'win32' });

/** Packs into a folder; returns the package's file. */
const pack = async (folder) => {
  const { stdout } = await runNpm(['pack', '--json', '--ignore-scripts=false', '--pack-destination', folder], root);
  const [{ filename, files }] = JSON.parse(stdout);
  const unwanted = files.filter((file) => UNWANTED.test(file.path));
  if (unwanted.length > 0) throw new Error(`the package contains ${unwanted[0].path}`);
  return filename;
};

/**
 * Installs it below `node_modules`, as npm does with a package that has a lockfile of its own.
 * @returns `{root, remove}`: its folder, and what removes it
 */
export const installPackage = async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bulk-image-package-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const filename = await pack(folder);
    await npm('tar', ['-xzf', filename], { cwd: folder });
    const place = path.join(folder, 'node_modules', 'bulk-image-processor');
    await mkdir(path.dirname(place));
    await rename(path.join(folder, 'package'), place);
    const lockfile = await readFile(path.join(place, 'npm-shrinkwrap.json'), 'utf8');
    if (lockfile.includes('"resolved"')) throw new Error("the package's lockfile has addresses of a registry");
    // The lockfile has no development dependencies, so npm takes both only without them.
    const manifest = JSON.parse(await readFile(path.join(place, 'package.json'), 'utf8'));
    await writeFile(path.join(place, 'package.json'), JSON.stringify({ ...manifest, devDependencies: undefined }));
    await runNpm(['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], place);
    return { root: place, remove };
  } catch (error) {
    await remove();
    throw error;
  }
};
