/** buildah and podman on a store of their own: without a daemon, and without a trace when the folder is removed. */
import { execFile, spawn } from 'node:child_process';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TOOL_MS = 60_000;
const BUILD_MS = 15 * 60_000;
const LINES_SHOWN = 25;

/** Runs a long step with its output in a file; the error has the last lines. */
export const runLogged = async (program, args, logFile, options = {}) => {
  const log = createWriteStream(logFile, { flags: 'a' });
  const last = [];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: BUILD_MS, ...options });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      log.write(bytes);
      last.push(...bytes.toString().split('\n'));
      last.splice(0, last.length - LINES_SHOWN);
    });
  }
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  log.end();
  if (code !== 0) throw new Error(`${program} ${args.at(0)} ended with ${code}:\n${last.join('\n')}`);
};

/** @param keep whether steps of a build are kept for the next one, at the price of packing each of them */
export const openEngine = (folder, keep) => {
  const at = (...parts) => join(folder, ...parts);
  const store = ['--root', at('store'), '--runroot', at('run')];
  // Raising limits is forbidden where this machine is a container itself.
  writeFileSync(at('containers.conf'), '[containers]\ndefault_ulimits = []\n');
  const env = { ...process.env, CONTAINERS_CONF: at('containers.conf') };
  const local = [
    '--tmpdir',
    at('libpod'),
    '--runtime',
    'runc',
    '--cgroup-manager',
    'cgroupfs',
    '--events-backend',
    'file',
  ];
  const options = { env, timeout: TOOL_MS, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 ** 2 };
  const engine = {
    buildah: async (...args) => (await run('buildah', [...store, ...args], options)).stdout.trim(),
    podman: async (...args) => (await run('podman', [...store, ...local, ...args], options)).stdout.trim(),
    build: (...args) => {
      const how = ['build', '--isolation', 'chroot', '--format', 'docker', '--network', 'host', `--layers=${keep}`];
      return runLogged('buildah', [...store, ...how, ...args], at('build.log'), { env });
    },
    /** Starts a container on the network of this machine, where nothing is reachable from outside. */
    start: async (name, image, { env: variables = {}, args = [], command = [] } = {}) => {
      const pairs = Object.entries(variables).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
      const base = ['run', '-d', '--name', name, '--ulimit', 'host', '--network', 'host'];
      await engine.podman(...base, ...pairs, ...args, image, ...command);
    },
    exitCode: async (name) => Number(await engine.podman('wait', name)),
    /** stdout and stderr of a container. */
    logs: async (name) => {
      const { stdout, stderr } = await run('podman', [...store, ...local, 'logs', name], options);
      return stdout + stderr;
    },
    close: async () => {
      await engine.podman('rm', '-f', '-t', '2', '-a').catch(() => {});
      await engine.buildah('rm', '-a').catch(() => {});
      await run('umount', ['-l', at('store', 'overlay')]).catch(() => {});
    },
  };
  return engine;
};
