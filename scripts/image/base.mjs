/**
 * A stand-in for the base image: Debian from the mirror that this machine's apt uses, Node.js and npm from the registry that its
 * npm uses. For machines that reach these and no registry of images.
 */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runLogged } from './engine.mjs';

const run = promisify(execFile);
const APT = '/etc/apt';

/** Lines of apt's configuration, in both of its formats. */
const aptLines = () => {
  const folder = join(APT, 'sources.list.d');
  const files = [
    join(APT, 'sources.list'),
    ...(existsSync(folder) ? readdirSync(folder) : []).map((name) => join(folder, name)),
  ];
  return files.filter((file) => existsSync(file)).flatMap((file) => readFileSync(file, 'utf8').split('\n'));
};

/** The first Debian archive, that of security updates aside. */
export const debianMirror = () =>
  aptLines()
    .flatMap((line) => /^(?:URIs:|deb (?:\[[^\]]*\] )?)\s*(\S+\/debian\/?)(?:\s|$)/.exec(line)?.[1] ?? [])
    .at(0);

const npmPackage = async (folder) => {
  const [{ filename }] = JSON.parse(
    (await run('npm', ['pack', '--silent', '--json', 'npm@11'], { cwd: folder })).stdout,
  );
  await run('tar', ['xzf', filename], { cwd: folder });
  return join(folder, 'package');
};

/** Commits the stand-in as `name`. */
export const makeBase = async (engine, { name, suite, node, folder }) => {
  const rootfs = join(folder, 'rootfs');
  await runLogged('debootstrap', ['--variant=minbase', suite, rootfs, debianMirror()], join(folder, 'debootstrap.log'));
  for (const unneeded of [
    'usr/share/doc',
    'usr/share/man',
    'usr/share/locale',
    'usr/share/info',
    'var/cache/apt',
    'var/lib/apt/lists',
  ]) {
    rmSync(join(rootfs, unneeded), { recursive: true, force: true });
    mkdirSync(join(rootfs, unneeded), { recursive: true });
  }
  await run('chroot', [rootfs, 'groupadd', '--gid', '1000', 'node']);
  await run('chroot', [rootfs, 'useradd', '--uid', '1000', '--gid', 'node', '--create-home', 'node']);
  const local = join(rootfs, 'usr', 'local');
  copyFileSync(node, join(local, 'bin', 'node'));
  mkdirSync(join(local, 'lib', 'node_modules'), { recursive: true });
  renameSync(await npmPackage(folder), join(local, 'lib', 'node_modules', 'npm'));
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin', 'npm'));
  writeFileSync(join(local, 'bin', 'docker-entrypoint.sh'), '#!/bin/sh\nset -e\nexec "$@"\n', { mode: 0o755 });
  const container = await engine.buildah('from', 'scratch');
  await engine.buildah('copy', '-q', container, rootfs, '/');
  const config = ['--env', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];
  await engine.buildah('config', ...config, '--entrypoint', '["docker-entrypoint.sh"]', '--cmd', '["node"]', container);
  await engine.buildah('commit', '-q', '--rm', container, name);
  rmSync(rootfs, { recursive: true, force: true });
};
