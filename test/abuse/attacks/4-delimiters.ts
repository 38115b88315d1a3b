import { type Attack, demand } from '../attack.ts';
import { HEADER } from '../traffic.ts';

interface Size {
  /** Rows per upload. */
  readonly rows: readonly number[];
}

const COMMAS = 1_040_000;

export const delimiters: Attack<Size> = {
  number: 4,
  title: 'rows that consist of delimiters',
  short: { rows: [2, 25] },
  full: { rows: [2, 100, 250] },
  bounds: { serviceMiB: 900, databaseMiB: 500, diskMiB: (sent) => 200 + 3 * sent },
  async run({ rows }, { traffic }) {
    const commas = Buffer.alloc(COMMAS + 1, ',');
    commas[COMMAS] = 0x0a;
    const good = Buffer.from('1,M,http://127.0.0.1:1/a.jpg');
    for (const count of rows) {
      for (const lead of [Buffer.alloc(0), good]) {
        const csv = Buffer.concat([Buffer.from(HEADER), ...Array<Buffer>(count).fill(Buffer.concat([lead, commas]))]);
        const { status } = await traffic.upload(csv, { onInvalidRow: 'skip' });
        demand(status === 202 || status === 422 || status === 413, `${count} rows got ${status}`);
      }
    }
    return [];
  },
};
