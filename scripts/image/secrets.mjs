/** What this machine's npm and pip need to reach their registries, as secrets of the build. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const setting = (program, ...args) => {
  try {
    const value = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return ['', 'null', 'undefined'].includes(value) ? null : value;
  } catch {
    return null;
  }
};

export const buildSecrets = (folder) => {
  const secrets = [];
  const add = (id, text) => {
    const file = join(folder, `secret-${id}`);
    writeFileSync(file, text, { mode: 0o600 });
    secrets.push('--secret', `id=${id},src=${file}`);
  };
  const authorities = setting('npm', 'config', 'get', 'cafile');
  if (authorities !== null && existsSync(authorities)) secrets.push('--secret', `id=ca,src=${authorities}`);
  const registry = setting('npm', 'config', 'get', 'registry');
  if (registry !== null) add('npmrc', `registry=${registry}\n`);
  const index = process.env.PIP_INDEX_URL ?? setting('pip', 'config', 'get', 'global.index-url');
  if (index !== null) add('pip', `[global]\nindex-url = ${index}\n`);
  return secrets;
};
