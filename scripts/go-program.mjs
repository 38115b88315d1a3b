import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const isProgram = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * A program from a Go module: on PATH, in the user's cache, or built into it where Go is installed.
 * @param module with path and version, as `go install` takes it
 * @param why what it is built for, and how long that takes
 * @returns its path; null where it is not there and cannot be built
 */
export const goProgram = (module, why) => {
  const [address, version] = module.split('@');
  const name = path.basename(address);
  const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'bulk-image-processor', 'bin');
  const cached = path.join(cache, `${name}-${version}`);
  const onPath = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, name));
  const found = [...onPath, cached].find(isProgram);
  if (found !== undefined) return found;
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0) return null;
  console.log(`Building ${module} for ${why} …`);
  const building = path.join(cache, `building-${process.pid}`);
  mkdirSync(building, { recursive: true });
  try {
    const built = spawnSync('go', ['install', module], { stdio: 'inherit', env: { ...process.env, GOBIN: building } });
    if (built.status !== 0) return null;
    renameSync(path.join(building, name), cached);
    return cached;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
};
