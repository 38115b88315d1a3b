/** Node.js in a given version, from npm's package `node` in the user's cache. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { built } from '../engines/built.mjs';
import { root } from '../prepare.mjs';

const INSTALL_MS = 3 * 60_000;
const run = promisify(execFile);
// npm's package finds the program of this platform in its install script.
const NPM = ['install', '--ignore-scripts=false', '--no-audit', '--no-fund', '--loglevel=error'];

const programOf = (folder) => {
  const bin = path.join(folder, 'node_modules', 'node', 'bin');
  return path.join(bin, process.platform === 'win32' ? 'node.exe' : 'node');
};

/** What npm says went wrong, without its codes. */
const reasonOf = ({ message, stderr = '' }) =>
  /^npm error (?!code |errno |syscall )(.+)$/m.exec(stderr)?.[1] ?? message.split('\n', 1)[0];

/** Installs into a temporary folder that is renamed when complete, so that an interrupted install is never used. */
const install = async (major, folder) => {
  const building = `${folder}.tmp-${process.pid}-${randomUUID()}`;
  mkdirSync(building, { recursive: true });
  try {
    writeFileSync(path.join(building, 'package.json'), '{"private":true}\n');
    const limits = { cwd: building, timeout: INSTALL_MS, killSignal: 'SIGKILL', shell: process.platform === 'win32' };
    await run('npm', [...NPM, `node@${major}`], limits);
    await run(programOf(building), ['--version'], { timeout: INSTALL_MS });
    if (!existsSync(folder)) renameSync(building, folder);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
};

/** `{program}` of the newest release of this major version, or `{missing}` with the reason when it cannot be installed. */
export const prepareNode = async (major) => {
  if (process.versions.node.startsWith(`${major}.`)) return { program: process.execPath };
  const { userCache } = await built('programs');
  const folder = path.join(userCache(process.env, path.join(root, 'data', 'cache')), `node-${major}-${process.arch}`);
  try {
    if (!existsSync(folder)) {
      console.log(`Installing node@${major} from npm, once for this user …`);
      await install(major, folder);
    }
    return { program: programOf(folder) };
  } catch (error) {
    return { missing: reasonOf(error) };
  }
};
