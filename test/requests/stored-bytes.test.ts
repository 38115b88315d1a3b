import { Readable } from 'node:stream';
import fc from 'fast-check';
import mongoose from 'mongoose';
import { openCsv } from '../../src/csv/read.ts';
import { createIngest, type IngestLimits } from '../../src/requests/ingest.ts';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { createRequestStore } from '../../src/requests/request-store.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

/** What docs/security.md promises: an upload of n bytes stores documents of at most so many × n bytes, and a bit. */
const TIMES_ITS_BYTES = 120;
/** Of images that can be downloaded: a URL has 8 characters at least. */
const TIMES_ITS_BYTES_VALID = 50;
const AND = 4 * 1024;
const LARGEST_DOCUMENT = 12 * 1024 * 1024;

const MIB = 1024 * 1024;
const LIMITS: IngestLimits = {
  ...{ maxRows: 1_000_000, maxUrls: 1_000_000, maxRowBytes: 8 * MIB, maxColumns: 100_000, maxQueuedImages: 1_000_000 },
};
const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const never = new AbortController().signal;

let database: TestConnection;
let models: Models;

beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  await ensureIndexes(models);
});
afterAll(() => database.close());

/** Stores the CSV; the BSON bytes of all its documents together and of the largest. */
const store = async (csv: string) => {
  const sizes: number[] = [];
  const measured = <T>(model: mongoose.Model<T>): mongoose.Model<T> =>
    Object.assign(Object.create(model), {
      insertMany: async (records: object[]) => {
        for (const record of records) sizes.push(mongoose.mongo.BSON.calculateObjectSize(record));
      },
    });
  const counting: Models = { ...models, images: measured(models.images), rows: measured(models.rows) };
  const requests = createRequestStore(counting, () => new Date());
  const ingest = createIngest(counting, requests, LIMITS, () => new Date());
  const { requestId, total } = await ingest(
    await openCsv(() => Readable.from([Buffer.from(csv)]), LIMITS),
    {
      options: { quality: 50, format: 'jpeg' },
      onInvalidRow: 'skip',
      output: { mode: 'add', formulas: 'escape' },
      ...{ tenant: 'default', client: 'tenant default' },
    },
    never,
  );
  const request = await models.requests.findOne({ _id: requestId }).lean();
  sizes.push(mongoose.mongo.BSON.calculateObjectSize(request ?? {}));
  await models.requests.deleteOne({ _id: requestId });
  return { total, stored: sizes.reduce((sum, size) => sum + size, 0), largest: Math.max(...sizes) };
};

const URL_OF_8 = 'http://a';
const name500 = '漢'.repeat(500);
const SHAPES: [what: string, times: number, csv: string][] = [
  [
    'a name of 500 characters and 2,000 URLs',
    TIMES_ITS_BYTES_VALID,
    `1,${name500},"${`${URL_OF_8},`.repeat(2_000)}"\n`,
  ],
  ['long URLs in one row', TIMES_ITS_BYTES_VALID, `1,a,"${`http://a/${'x'.repeat(8_000)},`.repeat(100)}"\n`],
  ['the shortest URLs', TIMES_ITS_BYTES_VALID, `,,${URL_OF_8}\n`.repeat(5_000)],
  ['the shortest unquoted URLs', TIMES_ITS_BYTES_VALID, `,,${`${URL_OF_8},`.repeat(19_000)}\n`],
  ['what are no URLs', TIMES_ITS_BYTES, `${',,x\n'.repeat(5_000)},,${URL_OF_8}\n`],
  ['rows with nothing but a number', TIMES_ITS_BYTES_VALID, `${'1\n'.repeat(5_000)},,${URL_OF_8}\n`],
  ['empty cells between', TIMES_ITS_BYTES_VALID, `${`,,${URL_OF_8}${','.repeat(15_000)}x\n`.repeat(5)},,${URL_OF_8}\n`],
  ['rows of quoted empty cells', TIMES_ITS_BYTES_VALID, `,,${URL_OF_8}${',""'.repeat(15_000)}\n`.repeat(5)],
  ['rows of delimiters', TIMES_ITS_BYTES_VALID, `${`${','.repeat(1_040_000)}\n`.repeat(3)},,${URL_OF_8}\n`],
  [
    'a row as long as may be',
    TIMES_ITS_BYTES_VALID,
    `,,${URL_OF_8}\n,"${'y'.repeat(400)}",${'z'.repeat(8 * MIB - 500)}\n`,
  ],
];

test.each(SHAPES)('%s: what is stored is a small multiple of what was sent', async (_what, times, rows) => {
  const csv = HEADER + rows;
  const { stored, largest } = await store(csv);
  expect(stored).toBeLessThan(times * Buffer.byteLength(csv) + AND);
  expect(largest).toBeLessThan(LARGEST_DOCUMENT);
});

test('a row with as many cells and bytes as are allowed fits into one document', async () => {
  const wide: string = `${HEADER.trim()}${Array.from({ length: 99_997 }, (_, at) => `,c${at}`).join('')}\n`;
  const columns = 100_000;
  const filler = 'f'.repeat(Math.floor((8 * MIB - 1_000) / columns) - 1);
  const row = `1,a,${URL_OF_8}${`,${filler}`.repeat(columns - 3)}\n`;
  const { largest } = await store(wide + row);
  expect(largest).toBeGreaterThan(8 * MIB);
  expect(largest).toBeLessThan(LARGEST_DOCUMENT);
});

test('any mix of rows stores a small multiple of what was sent', async () => {
  const cell = fc.oneof(
    fc.constantFrom('', 'x', URL_OF_8, '""', `"${URL_OF_8},${URL_OF_8}"`, 'ftp://x', '漢', ' ', '" "'),
    fc.string({ unit: fc.constantFrom('a', 'é', '🙂', ' '), maxLength: 250 }),
  );
  const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(rows, async (cells) => {
      const csv = `${HEADER},,${URL_OF_8}\n${cells.map((row) => `${row.join(',')}\n`).join('')}`;
      const { stored } = await store(csv);
      expect(stored).toBeLessThan(TIMES_ITS_BYTES * Buffer.byteLength(csv) + AND);
    }),
    { numRuns: 60 },
  );
});
