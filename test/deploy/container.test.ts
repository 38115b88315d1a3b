import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { VARIABLES } from '../../src/config.ts';
import { SECANTUSDB_VERSION } from '../../src/embedded/secantus-python.ts';
import { startTestService } from '../support/service.ts';

const dockerfile = readFileSync('Dockerfile', 'utf8').replace(/\\\n\s*/g, '');
const instructions = (name: string): string[] =>
  [...dockerfile.matchAll(new RegExp(`^${name} +(.*)$`, 'gm'))].map(([, rest = '']) => rest);
/** Variables read by Node and libc, or that mark a container. */
const RUNTIME = [
  'PATH',
  'container',
  'NODE_ENV',
  'UV_THREADPOOL_SIZE',
  'MALLOC_ARENA_MAX',
  'MALLOC_MMAP_THRESHOLD_',
  'MALLOC_TRIM_THRESHOLD_',
];

const run = async ([program = '', ...args]: readonly string[], env: Readonly<Record<string, string>>) => {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  return code;
};

test("the image's health check passes only while the service responds", async () => {
  const [check = ''] = instructions('HEALTHCHECK');
  const command: string[] = JSON.parse(check.slice(check.indexOf('CMD ') + 4));
  const service = await startTestService();
  const env = { PORT: new URL(service.url).port };
  try {
    expect(await run(command, env)).toBe(0);
  } finally {
    await service.close();
  }
  expect(await run(command, env)).toBe(1);
});

test('the image is built from files that exist in the build context', () => {
  const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
  expect(ignored[0]).toBe('*');
  const sources = instructions('COPY')
    .filter((rest) => !rest.includes('--from='))
    .flatMap((rest) => rest.split(' ').slice(0, -1));
  expect(sources).toEqual(expect.arrayContaining(['package.json', 'package-lock.json', '.npmrc', 'src']));
  for (const source of sources) {
    expect([source, existsSync(source), ignored.includes(`!${source}`)]).toEqual([source, true, true]);
  }
});

test('the image has one pinned release of Node.js, on which CI runs the main job, and a libuv pool for many cores', () => {
  const [, listed = ''] =
    /^const MAJORS = \[([\d, ]+)\];$/m.exec(readFileSync('scripts/node-versions.mjs', 'utf8')) ?? [];
  const bases = instructions('FROM').filter((rest) => rest.startsWith('node:'));
  const releases = new Set(bases.map((rest) => /^node:(24\.\d+\.\d+)-bookworm-slim AS \w+$/.exec(rest)?.[1]));
  expect(releases.size).toBe(1);
  const [release] = releases;
  expect(listed.split(', ')).toContain(release?.split('.')[0]);
  const pool = instructions('ENV').flatMap((rest) => rest.split(' ').filter((pair) => pair.startsWith('UV_')));
  expect(pool).toEqual([`UV_THREADPOOL_SIZE=${64 + 4}`]);
});

test('the image without a target is the one without a database, and the other has the pinned one', () => {
  expect(instructions('FROM').at(-1)).toBe('runtime');
  expect(instructions('FROM')).toContain('runtime AS standalone');
  expect(dockerfile).toContain(` secantusdb==${SECANTUSDB_VERSION} `);
});

test('the version of the image is that of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(instructions('ARG')).toContain(`VERSION=${version}`);
});

test('the image has the right stop signal and an unprivileged user, and sets existing variables', () => {
  expect(instructions('STOPSIGNAL')).toEqual(['SIGTERM']);
  expect(instructions('USER')).toEqual(['1000:0', 'root', '1000:0']);
  expect(JSON.parse(instructions('ENTRYPOINT').at(-1) ?? '')[0]).toBe('tini');
  expect(JSON.parse(instructions('CMD').at(-1) ?? '')).toEqual(['node', 'dist/main.js']);
  const names = instructions('ENV').flatMap((rest) => rest.split(' ').map((pair) => pair.split('=')[0] ?? ''));
  expect(names.filter((name) => ![...RUNTIME, ...VARIABLES].includes(name))).toEqual([]);
});

test('the image is reachable from outside its container, and compose exposes it on this machine only', () => {
  expect(instructions('ENV').flatMap((rest) => rest.split(' '))).toContain('HOST=0.0.0.0');
  const { services } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true });
  expect(services.api.ports).toEqual(['127.0.0.1:3000:3000']);
  expect([services.api.environment, services.worker.environment].map(({ API_KEYS }) => API_KEYS)).toEqual([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: compose substitutes it.
    '${API_KEYS:-}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: compose substitutes it.
    '${API_KEYS:-}',
  ]);
});

test('compose bounds the memory of everything, and its services run read-only without capabilities', () => {
  const { services } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true });
  for (const each of Object.values<{ mem_limit: string }>(services)) expect(each.mem_limit).toMatch(/^\dg$/);
  for (const each of [services.api, services.worker]) {
    expect(each).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(each.depends_on.s3.condition).toBe('service_healthy');
  }
  // The service's image has an init of its own.
  expect([services.mongodb.init, services.s3.init]).toEqual([true, true]);
});

test('compose starts one API and two workers with a shared database and storage, and enough time to stop', () => {
  const { services } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true });
  const { api, worker, mongodb, s3 } = services;
  expect([api.environment.ROLE, worker.environment.ROLE, worker.deploy.replicas]).toEqual(['api', 'worker', 2]);
  for (const each of [api, worker]) {
    const names = Object.keys(each.environment);
    const isKnown = (name: string) => VARIABLES.includes(name) || RUNTIME.includes(name) || name.startsWith('AWS_');
    expect(names.filter((name) => !isKnown(name))).toEqual([]);
    expect(Number.parseInt(each.stop_grace_period, 10)).toBeGreaterThan(
      Number(each.environment.SHUTDOWN_SECONDS ?? 10),
    );
    expect(new URL(each.environment.MONGODB_URI).hostname).toBe('mongodb');
    expect(each.depends_on.mongodb.condition).toBe('service_healthy');
  }
  expect(mongodb.command).toEqual(expect.arrayContaining(['--replSet', 'rs0']));
  expect(api.environment.MONGODB_URI).toContain('replicaSet=rs0');
  // The bucket is a folder below the server's root.
  expect(s3.entrypoint.at(-1)).toContain(`mkdir -p /store/data/${api.environment.S3_BUCKET} `);
});
