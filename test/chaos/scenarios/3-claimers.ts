import { setTimeout as pause } from 'node:timers/promises';
import { v4 as uuid } from 'uuid';
import { createClock } from '../../../src/database/clock.ts';
import { connect } from '../../../src/database/connect.ts';
import { newCursor } from '../../../src/dispatch/due.ts';
import { createModels, ensureIndexes } from '../../../src/requests/models.ts';
import { createClaimingStore } from '../../support/claiming-store.ts';
import { testConnection } from '../../support/database.ts';
import { waitFor } from '../../support/service.ts';
import { createRandom } from '../random.ts';
import { type Scenario, seconds } from '../scenario.ts';

const CLAIMERS = 20;
const LEASE_MS = 600_000;
/** Each claimer gets at least this share of an equal split. */
const LEAST_SHARE = 0.1;
/** What a claimer that found nothing waits, at most; the dispatcher waits 50 to 500 ms. */
const DRY_PAUSE_MS = 100;

interface Size {
  readonly images: number;
  /** Images per claim. */
  readonly wanted: number;
}

const result = { ok: true, bytesIn: 2, bytesOut: 1, crc32: 7, width: 1, height: 1, notes: [] } as const;
const completed = { kind: 'completed', result: { ...result, timings: { download: 0, encode: 0, store: 0 } } } as const;

export const claimers: Scenario<Size> = {
  number: 3,
  title: '20 claimers at once',
  // One image per claim: in a batch this small, larger claims would distort the shares.
  short: { images: 240, wanted: 1 },
  full: { images: 4_000, wanted: 4 },
  async run({ images, wanted }, { seed }) {
    const database = await testConnection();
    const models = createModels(database.connection);
    await ensureIndexes(models);
    const requestId = uuid();
    await models.images.insertMany(
      Array.from({ length: images }, (_, seq) => ({
        ...{ _id: uuid(), requestId, seq, row: seq, index: 0, serialNumber: '1', productName: 'p' },
        ...{ inputUrl: `${seq}`, status: 'pending' as const, nextAt: new Date(seq), attempts: 0, reports: 0 },
      })),
      { lean: true },
    );

    const claims: string[] = [];
    let connected = 0;
    const claimer = async (number: number): Promise<{ got: number; empty: number }> => {
      const random = createRandom(seed + number);
      const connection = await connect(database.uri, () => {});
      const clock = createClock(connection);
      await clock.refresh();
      const store = createClaimingStore(createModels(connection), clock.now);
      connected += 1;
      await waitFor(async () => connected === CLAIMERS);
      const request = { _id: requestId, total: images };
      const cursor = newCursor();
      let got = 0;
      let empty = 0;
      for (;;) {
        const claimed = await store.claim(request, wanted, LEASE_MS, cursor);
        claims.push(...claimed.map(({ _id }) => _id));
        got += claimed.length;
        if (claimed.length > 0) {
          const held = await store.finish(claimed.map((image) => ({ image, outcome: completed })));
          if (held.length !== claimed.length) throw new Error('an outcome under a running lease was refused');
        } else {
          empty += 1;
          if (!(await store.hasUnfinished(request))) break;
        }
        await pause(random() * DRY_PAUSE_MS);
      }
      await connection.close();
      return { got, empty };
    };

    const begun = performance.now();
    const all = await Promise.all(Array.from({ length: CLAIMERS }, (_, number) => claimer(number)));
    const took = performance.now() - begun;
    const shares = all.map(({ got }) => got);
    const least = Math.min(...shares);
    const attempts = await models.images.countDocuments({ requestId, attempts: 1, status: 'completed' });
    await database.close();

    if (claims.length !== images || new Set(claims).size !== images || attempts !== images) {
      throw new Error(`${images} images, ${claims.length} claims, ${new Set(claims).size} of them distinct`);
    }
    if (least < (LEAST_SHARE * images) / CLAIMERS) throw new Error(`a claimer was starved: ${shares.join(', ')}`);
    return {
      images,
      claimers: CLAIMERS,
      'claimed twice': claims.length - new Set(claims).size,
      'least and most of one claimer': `${least} and ${Math.max(...shares)}`,
      'claims that came away empty': all.reduce((sum, { empty }) => sum + empty, 0),
      took: seconds(took),
    };
  },
};
