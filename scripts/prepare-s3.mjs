/** Finds the S3 server of the tests, versitygw: on PATH, in the user's cache, or built into it where Go is installed. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const MODULE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';
const PROGRAM = 'versitygw';

const isProgram = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const onPath = () =>
  (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, PROGRAM))
    .find(isProgram);

/** Its path; null where it is not there and cannot be built. */
export const prepareS3Server = () => {
  const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'bulk-image-processor', 'bin');
  const cached = path.join(cache, PROGRAM);
  const found = onPath() ?? (isProgram(cached) ? cached : undefined);
  if (found !== undefined) return found;
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0) return null;
  console.log(`Building ${MODULE} for the S3 tests, about two minutes …`);
  const building = path.join(cache, `building-${process.pid}`);
  mkdirSync(building, { recursive: true });
  try {
    const built = spawnSync('go', ['install', MODULE], { stdio: 'inherit', env: { ...process.env, GOBIN: building } });
    if (built.status !== 0) return null;
    renameSync(path.join(building, PROGRAM), cached);
    return cached;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
};
