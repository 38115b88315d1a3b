import { type Attack, demand } from '../attack.ts';
import { HEADER } from '../traffic.ts';

interface Size {
  /** Length of the parameter's name; 45 letters once hung the service. */
  readonly letters: readonly number[];
}

/** Almost the name of a secret, so that a backtracking pattern tries every way to match. */
const query = (letters: number): string => `${'a'.repeat(letters)}1=v`;

export const patterns: Attack<Size> = {
  number: 1,
  title: 'parameter names that make patterns backtrack',
  short: { letters: [45, 5_000] },
  full: { letters: [45, 60, 5_000, 100_000] },
  bounds: { serviceMiB: 400, databaseMiB: 200, diskMiB: (sent) => 60 + 30 * sent },
  async run({ letters }, { traffic }) {
    for (const count of letters) {
      const ftp = `${HEADER}1,M,ftp://x/?${query(count)}\n`;
      const refused = await traffic.upload(ftp);
      demand(refused.status === 422, `an ftp:// URL got ${refused.status}`);
      // Accepted with its error, it is shown in the status, as is an http URL that does not respond.
      for (const csv of [ftp, `${HEADER}1,M,http://127.0.0.1:1/?${query(count)}\n`]) {
        const { id, status } = await traffic.upload(csv, { onInvalidRow: 'skip' });
        if (id === null) demand(status === 422, `an upload got ${status}`);
        else demand((await traffic.call(`/api/status/${id}`)).status === 200, 'the status is not available');
      }
    }
    return [];
  },
};
