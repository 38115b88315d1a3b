import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { finished, startTestService, type TestService, uploaded } from '../support/service.ts';

/** Written and read by another library, so that any loss is this service's. */
const HEADER = ['S. No.', 'Product Name', 'Note', 'Input Image Urls'];

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ RATE_LIMIT_UPLOADS_PER_MINUTE: '0', MAX_ATTEMPTS: '1' });
});
afterAll(() => service.close());

const cell = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom('"', ',', ';', '\t', '\r', '\n', ' ', 'a', 'é', '🙂', "'", '='), maxLength: 12 }),
  )
  .filter((text) => !text.includes('\0'));
const url = fc.nat(99).map((number) => `http://10.0.0.1/w_3,c/${number}.jpg`);
const row = fc.tuple(cell, cell, cell, fc.array(url, { minLength: 1, maxLength: 3 }));

const roundTrip = async (csv: string): Promise<string> => {
  // Otherwise formulas would get an apostrophe.
  const requestId = await uploaded(service.url, csv, { formulas: 'keep' });
  await finished(service.url, requestId);
  return (await fetch(`${service.url}/api/output/${requestId}`)).text();
};

test('any rows written by another library come back in the output CSV', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(',', ';', '\t'),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.boolean(),
      async (rows, delimiter, record_delimiter, quoted, bom) => {
        const table = rows.map(([serial, name, note, urls]) => [serial, name, note, urls.join(', ')]);
        // The library quotes only its own kind of newline; RFC 4180 requires both quoted.
        const csv = stringify([HEADER, ...table], { delimiter, record_delimiter, quoted, bom, quoted_match: /[\r\n]/ });
        const output: string[][] = parse(await roundTrip(csv), { delimiter, bom: true });
        const empty = rows.map(([, , , urls]) => ','.repeat(urls.length - 1));
        expect(output).toEqual([[...HEADER, 'Output Image Urls'], ...table.map((cells, at) => [...cells, empty[at]])]);
      },
    ),
    { numRuns: 25, interruptAfterTimeLimit: 60_000 },
  );
}, 120_000);
