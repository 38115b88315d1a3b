import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { root } from '../../scripts/prepare.mjs';

const versionOf = (name) => JSON.parse(readFileSync(path.join(root, 'node_modules', name, 'package.json'))).version;

const commit = () => {
  const git = (...args) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const changed = git('status', '--porcelain', '--', 'src', 'package-lock.json').trim() !== '';
    return `${git('rev-parse', '--short', 'HEAD').trim()}${changed ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
};

/** The machine of the measurement, as table rows. */
export const describeMachine = (engine, settings) => [
  ['Date', new Date().toISOString().slice(0, 16).replace('T', ' ')],
  ['Processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`],
  ['Memory', `${(totalmem() / 1024 ** 3).toFixed(1)} GiB`],
  ['System', `${type()} ${release()}`],
  ['Node.js', process.versions.node],
  ['sharp / libvips', `${versionOf('sharp')} / ${sharp.versions.vips}`],
  ['Database', engine],
  ['Commit', commit()],
  [
    'Settings',
    Object.entries(settings)
      .map((setting) => setting.join('='))
      .join(' ') || 'all defaults',
  ],
];
