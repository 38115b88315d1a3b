import { type Attack, demand } from '../attack.ts';
import { HEADER } from '../traffic.ts';

interface Size {
  /** Letters of a parameter's name; the 45 of the issue hung the service for good. */
  readonly letters: readonly number[];
}

/** Letters of which one is missing to be a secret's name, so that a pattern that goes back tries every way. */
const query = (letters: number): string => `${'a'.repeat(letters)}1=v`;

export const patterns: Attack<Size> = {
  number: 1,
  title: 'names of parameters that patterns go back and forth over',
  short: { letters: [45, 5_000] },
  full: { letters: [45, 60, 5_000, 100_000] },
  bounds: { serviceMiB: 400, databaseMiB: 200, diskMiB: (sent) => 60 + 30 * sent },
  async run({ letters }, { traffic }) {
    for (const count of letters) {
      const ftp = `${HEADER}1,M,ftp://x/?${query(count)}\n`;
      const refused = await traffic.upload(ftp);
      demand(refused.status === 422, `an ftp:// URL was answered ${refused.status}`);
      // Taken with its fault, it stands in the status; so does an http URL that nothing answers.
      for (const csv of [ftp, `${HEADER}1,M,http://127.0.0.1:1/?${query(count)}\n`]) {
        const { id, status } = await traffic.upload(csv, { onInvalidRow: 'skip' });
        if (id === null) demand(status === 422, `an upload was answered ${status}`);
        else demand((await traffic.call(`/api/status/${id}`)).status === 200, 'the status is not shown');
      }
    }
    return [];
  },
};
