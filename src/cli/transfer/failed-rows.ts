import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { checkCsv } from './checks.ts';
import type { Client } from './client.ts';
import { fetchFile } from './fetch.ts';
import { sweepTemporary } from './files.ts';

/** Columns that only a file of failed rows has together. */
const COLUMNS = ['Error Code', 'What To Do'];

const checkFailedRows = (file: string): Promise<void> => checkCsv(file, { columns: COLUMNS, added: false });

/**
 * Saves the rows with failed images as a CSV.
 * @throws FileError
 */
export const saveFailedRows = async (
  file: string,
  requestId: string,
  client: Client,
  signal: AbortSignal,
): Promise<void> => {
  const name = basename(file);
  await sweepTemporary(dirname(file), (other) => other === name);
  const { host } = new URL(client.origin);
  const open = () => client.failedRows(requestId);
  await fetchFile({ file, host, open, size: null, check: checkFailedRows }, signal);
};

/** Removes the file of an earlier run, whose rows have no failures any more; a file of this name with other columns is the user's. */
export const removeFailedRows = async (file: string): Promise<void> => {
  const isOurs = await checkFailedRows(file).then(
    () => true,
    () => false,
  );
  if (isOurs) await rm(file, { force: true });
};
