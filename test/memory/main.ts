import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceEnvironment } from '../../scripts/prepare.mjs';
import { MIB } from '../abuse/attack.ts';
import { descendantsOf, residentOf } from '../abuse/meter.ts';
import { startInstance } from '../support/instance.ts';
import { startServer } from '../support/servers/image-server.mjs';
import { finished, uploaded } from '../support/service.ts';
import { createGroup } from './group.ts';
import { makePictures } from './pictures.ts';

const FORMATS = ['jpeg', 'webp', 'avif'] as const;
const ENDLESS = 'endless body';
const LONGEST_MS = 30 * 60_000;
const SAMPLE_MS = 50;

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const mebibytes = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`;

/** Serves each picture below its name, and an endless body everywhere else. */
const serve = (pictures: ReadonlyMap<string, Buffer>) =>
  startServer((request, response) => {
    const body = pictures.get(decodeURIComponent(request.url?.split('/')[1] ?? ''));
    if (body !== undefined) return void response.end(body);
    const more = (): void => {
      while (response.write(Buffer.alloc(MIB, 0xff)));
    };
    response.on('drain', more).on('error', () => {});
    more();
  });

/** Contains photos twice, except for AVIF, where they take minutes but no more memory than the others. */
const csvOf = (names: readonly string[], origin: string, format: string): string => {
  const wanted = names.filter((name) => format !== 'avif' || !name.startsWith('photo'));
  const rows = wanted
    .flatMap((name) => (name.startsWith('photo') ? [name, name] : [name]))
    .map((name, at) => `${at},"${name}",${origin}/${encodeURIComponent(name)}/${format}-${at}`);
  return `S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`;
};

/** True if the service and its database survived. */
const runOne = async (size: number, pictures: ReadonlyMap<string, Buffer>): Promise<boolean> => {
  const group = createGroup(size * MIB);
  const directory = await mkdtemp(join(tmpdir(), 'memory-'));
  const server = await serve(pictures);
  const { origin } = server;
  const enter = ['/bin/sh', '-c', `echo $$ > ${group.procs} && exec "$0" dist/main.js`, process.execPath];
  const {
    url,
    process: service,
    exited,
    log,
  } = await startInstance(
    directory,
    {
      ...serviceEnvironment(size * MIB),
      ...{ MONGODB_URI: '', WORKER_THREADS: '', LEASE_SECONDS: '' },
      ...{ MAX_ATTEMPTS: '2', MAX_CONNECTIONS_PER_ORIGIN: '64' },
    },
    enter,
  );
  const pid = service.pid ?? 0;
  const database = descendantsOf(pid);
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(
      peak,
      [pid, ...database].reduce((sum, each) => sum + residentOf(each), 0),
    );
  }, SAMPLE_MS);
  try {
    print(`\n${size} MiB. ${/"memory":"([^"]+)"/.exec(log())?.[1]}`);
    const names = [...pictures.keys(), ENDLESS];
    const ids = await Promise.all(FORMATS.map((format) => uploaded(url, csvOf(names, origin, format), { format })));
    for (const [at, id] of ids.entries()) {
      const { products } = await finished(url, id, LONGEST_MS);
      const codes = products.map(
        ({ productName, images: [image] }) => `${productName}: ${image?.error?.code ?? image?.status}`,
      );
      print(`  ${FORMATS[at]}: ${[...new Set(codes)].join(' | ')}`);
    }
    const { status } = await fetch(`${url}/ready`);
    const alive = descendantsOf(pid);
    const survived = status === 200 && group.kills() === 0 && database.every((each) => alive.includes(each));
    print(`  peak of the group ${mebibytes(group.peak())}, resident ${mebibytes(peak)}, ${group.kills()} killed`);
    print(survived ? '  The service and its database survived.' : `  /ready ${status}; a process was killed.`);
    return survived && !log().includes('worker_crashed');
  } finally {
    clearInterval(watch);
    service.kill('SIGTERM');
    await exited;
    await server.close();
    await rm(directory, { recursive: true, force: true });
    group.remove();
  }
};

/** @param sizes in MiB */
export const runMemory = async (sizes: readonly number[]): Promise<boolean> => {
  const pictures = await makePictures();
  let survived = true;
  for (const size of sizes) survived = (await runOne(size, pictures)) && survived;
  return survived;
};
