/** What is tried on the images. Each returns a word about what was seen, or throws. */
import { chmodSync, chownSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { built } from '../engines/built.mjs';
import { jobOn } from '../nodes/main-job.mjs';
import { root } from '../prepare.mjs';

const READY_MS = 60_000;
const JOB_MS = 75_000;
const STOP_SECONDS = 15;
/** As on Kubernetes: nothing but /data can be written, no capability, no new ones. */
const STRICT = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--memory', '1g'];

const expectThat = (what, holds) => {
  if (!holds) throw new Error(what);
};

const freePort = async () => (await built('readiness')).freePort();

const startStrictly = async ({ engine, image, name, args = [], env = {} }) => {
  const port = await freePort();
  const variables = {
    PORT: port,
    PUBLIC_URL: `http://localhost:${port}`,
    ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
    ...env,
  };
  await engine.start(name, image, { env: variables, args: [...STRICT, ...args] });
  return `http://localhost:${port}`;
};

const untilReady = async ({ engine, name, url }) => {
  const end = performance.now() + READY_MS;
  while (performance.now() < end) {
    const response = await fetch(`${url}/ready`).catch(() => null);
    if (response?.ok) return;
    await pause(250);
  }
  throw new Error(`not ready after ${READY_MS / 1000} s:\n${await engine.logs(name)}`);
};

const stop = async ({ engine, name }) => {
  const began = performance.now();
  await engine.podman('stop', '-t', String(STOP_SECONDS), name);
  const code = await engine.exitCode(name);
  expectThat(`SIGTERM ended it with ${code}:\n${await engine.logs(name)}`, code === 0);
  return `in ${((performance.now() - began) / 1000).toFixed(1)} s`;
};

/** Runs `use` with a database on loopback. */
const withDatabase = async (folder, use) => {
  const { startEmbedded } = await built('embedded');
  const database = await startEmbedded({
    dataDirectory: join(folder, 'database'),
    guardianFile: join(root, 'dist', 'embedded', 'guardian.js'),
    log: () => {},
  });
  try {
    return await use(database.uri);
  } finally {
    await database.stop();
  }
};

/** The requests that the service knows, to compare. */
const listed = async (url) => {
  const { requests } = await (await fetch(`${url}/api/requests`)).json();
  expectThat('there is no request', requests.length > 0);
  return requests.map(({ requestId, status }) => `${requestId} ${status}`).join();
};

const doJob = async ({ engine, name, url }) => {
  await untilReady({ engine, name, url });
  await jobOn(url, AbortSignal.timeout(JOB_MS));
};

const CONTENTS = `
  set -e
  fail() { echo "$1" >&2; exit 1; }
  for unneeded in npm npx corepack yarn; do ! command -v $unneeded >/dev/null || fail "$unneeded is in the image"; done
  [ -z "$(find / -xdev -name '*wasm32*' -path '*sharp*' 2>/dev/null)" ] || fail 'sharp in WebAssembly is in the image'
  [ ! -e node_modules/typescript ] || fail 'development dependencies are in the image'
  [ -s LICENSE ] || fail 'no licence'
  node -e "const { components } = require('/app/sbom.cdx.json'); process.exit(components.some((one) => one.name === 'sharp') && !components.some((one) => one.name === 'jest') ? 0 : 1)" || fail 'the SBOM is not that of the image'
  ! touch /app/x 2>/dev/null || fail '/app can be written'
  touch /data/x && rm /data/x
  id -u`;

export const CHECKS = {
  'the main job, read-only, without capabilities, in 1 GiB; health check; contents; SIGTERM': ({
    engine,
    images,
    folder,
  }) =>
    withDatabase(folder, async (uri) => {
      const name = 'service';
      const env = { MONGODB_URI: uri };
      const url = await startStrictly({ engine, image: images.service, name, env, args: ['-v', 'service:/data'] });
      await doJob({ engine, name, url });
      await engine.podman('healthcheck', 'run', name);
      expectThat('it does not run as user 1000', (await engine.podman('exec', name, 'sh', '-c', CONTENTS)) === '1000');
      return stop({ engine, name });
    }),

  'the main job as a user of the platform’s choice, as OpenShift and as the Kubernetes manifests choose it': ({
    engine,
    images,
    folder,
  }) =>
    withDatabase(folder, async (uri) => {
      // As an emptyDir of a pod with fsGroup: empty, and given to its group.
      const volume = mkdtempSync(join(folder, 'volume-'));
      chownSync(volume, 0, 10001);
      chmodSync(volume, 0o2770);
      const took = [];
      for (const [name, ...args] of [
        ['openshift', '--user', '1234567:0', '-v', 'openshift:/data'],
        ['kubernetes', '--user', '10001:10001', '-v', `${volume}:/data`],
      ]) {
        const url = await startStrictly({ engine, image: images.service, name, env: { MONGODB_URI: uri }, args });
        await doJob({ engine, name, url });
        took.push(await stop({ engine, name }));
      }
      return took.join(', ');
    }),

  'SIGTERM in the first second ends it with 0': async ({ engine, images }) => {
    const took = [];
    for (const ms of [0, 50, 150, 400, 900]) {
      const name = `early-${ms}`;
      await startStrictly({ engine, image: images.service, name, env: { MONGODB_URI: 'mongodb://127.0.0.1:1/none' } });
      await pause(ms);
      const began = performance.now();
      await engine.podman('stop', '-t', String(STOP_SECONDS), name);
      const code = await engine.exitCode(name);
      expectThat(`${ms} ms after the start it ended with ${code}`, code === 0);
      took.push(`${((performance.now() - began) / 1000).toFixed(1)} s`);
    }
    return took.join(', ');
  },

  'standalone: one run with a volume serves and keeps its data, a second one on it is refused': async (context) => {
    const { engine, images } = context;
    const args = ['-v', 'alone:/data'];
    const startOne = async (name) => ({
      engine,
      name,
      url: await startStrictly({ engine, image: images.standalone, name, args }),
    });
    const first = await startOne('first');
    await doJob(first);
    const requests = await listed(first.url);

    await startOne('second');
    const code = await engine.exitCode('second');
    const said = await engine.logs('second');
    const isRefused = code === 1 && said.includes('/data is in use by another container');
    expectThat(`the second one ended with ${code}:\n${said}`, isRefused);
    expectThat('the second one disturbed the first', (await listed(first.url)) === requests);
    await stop(first);

    const again = await startOne('again');
    await untilReady(again);
    expectThat('the data is lost after a stop', (await listed(again.url)) === requests);
    await engine.podman('kill', again.name);
    await engine.exitCode(again.name);

    const afterKill = await startOne('after-kill');
    await untilReady(afterKill);
    expectThat('the data is lost after a kill', (await listed(afterKill.url)) === requests);
    return stop(afterKill);
  },

  'without a database it says what to do in a container': async ({ engine, images }) => {
    const name = 'no-database';
    await engine.podman(
      'run',
      '-d',
      '--name',
      name,
      '--ulimit',
      'host',
      '--network',
      'none',
      ...STRICT,
      images.service,
    );
    const code = await engine.exitCode(name);
    const said = await engine.logs(name);
    const isAdvice = said.includes('\\"standalone\\"') || said.includes('"standalone"');
    expectThat(`it ended with ${code}:\n${said}`, code === 1 && isAdvice && !/\bapt\b/.test(said));
  },

  sizes: async ({ engine, images }) => {
    const sizes = [];
    for (const image of Object.values(images)) {
      const bytes = Number(await engine.podman('image', 'inspect', '--format', '{{.Size}}', image));
      sizes.push(`${image} ${Math.round(bytes / 1e6)} MB`);
    }
    return sizes.join(', ');
  },
};
