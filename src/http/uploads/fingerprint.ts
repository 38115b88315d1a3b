import { createHash } from 'node:crypto';
import type { OpenFile } from '../../csv/encoding.ts';

/**
 * Identifies an upload: a hash over the bytes of the file and the fields as they were understood, defaults included.
 * Secrets among the fields go into it and cannot be got out again.
 * @param fields flat; those that are undefined count as not sent, and their order does not matter
 */
export const fingerprintOf = async (open: OpenFile, fields: Readonly<Record<string, unknown>>): Promise<string> => {
  const file = createHash('sha256');
  for await (const chunk of open()) file.update(chunk);
  const sent = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([file.digest('hex'), sent]))
    .digest('hex');
};
