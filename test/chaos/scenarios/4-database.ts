import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../../../src/embedded/embedded.ts';
import { GUARDIAN_FILE } from '../../support/database.ts';
import { waitFor } from '../../support/service.ts';
import { checkInvariants } from '../check.ts';
import { type Context, type Scenario, seconds } from '../scenario.ts';
import { inWorld, settled, type Uploaded } from '../world.ts';

const TIMEOUT_MS = 120_000;

interface Size {
  readonly instances: number;
  readonly images: number;
  readonly requests: number;
  readonly kills: number;
  readonly latencyMs: number;
  readonly leaseSeconds: number;
}

/** Runs with its own database, which is restarted at the same address with the same data whenever it exits. */
const withDatabase = async <T>(
  engines: Context['engines'],
  work: (uri: string, pid: () => number) => Promise<T>,
): Promise<T> => {
  const directory = await mkdtemp(join(tmpdir(), 'chaos-database-'));
  const options = { guardianFile: GUARDIAN_FILE, engines, log: () => {} };
  const database = await startEmbedded({ ...options, dataDirectory: directory });
  try {
    const facts = join(directory, 'embedded.json');
    return await work(database.uri, () => JSON.parse(readFileSync(facts, 'utf8')).databasePid);
  } finally {
    await database.stop();
    await rm(directory, { recursive: true, force: true });
  }
};

export const databaseKills: Scenario<Size> = {
  number: 4,
  title: 'the database killed by kill -9 and started again',
  ownDatabase: true,
  short: { instances: 2, images: 80, requests: 2, kills: 2, latencyMs: 150, leaseSeconds: 5 },
  full: { instances: 3, images: 1_000, requests: 10, kills: 5, latencyMs: 200, leaseSeconds: 5 },
  run: (size, { storage, hurry, engines }) =>
    withDatabase(engines, (databaseUri, databasePid) =>
      inWorld({ storage, databaseUri, ...size }, async (world) => {
        await Promise.all(Array.from({ length: size.instances }, (_, slot) => world.start(slot)));
        const begun = performance.now();
        const uploads: Uploaded[] = [];
        for (let n = 0; n < size.requests; n += 1) {
          uploads.push(await world.upload(world.rows(size.images / size.requests, `r${n}`)));
        }
        let away = 0;
        for (let kill = 0; kill < size.kills; kill += 1) {
          const at = (size.images * (kill + 0.5)) / (size.kills + 1);
          await waitFor(async () => world.audit.settled() >= at, TIMEOUT_MS);
          const pid = databasePid();
          const killedAt = performance.now();
          process.kill(pid, 'SIGKILL');
          await waitFor(async () => databasePid() !== pid, TIMEOUT_MS);
          const ready = async (): Promise<boolean> => {
            const answers = [...world.instances.values()].map(({ url }) => fetch(`${url}/ready`));
            return (await Promise.all(answers)).every(({ status }) => status === 200);
          };
          await waitFor(ready, TIMEOUT_MS);
          away += performance.now() - killedAt;
        }
        await settled(world, hurry);
        const took = performance.now() - begun;
        const checked = await checkInvariants(world, uploads);
        return {
          images: checked.images,
          'kills of the database': size.kills,
          lost: checked.images - checked.completed,
          'away for, on average': seconds(away / size.kills),
          'images tried again': checked.retried,
          'webhooks repeated': checked.repeatedWebhooks,
          took: seconds(took),
        };
      }),
    ),
};
