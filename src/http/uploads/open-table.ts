import { createReadStream } from 'node:fs';
import type { ColumnChoice } from '../../csv/columns.ts';
import type { OpenFile } from '../../csv/encoding.ts';
import { openCsv } from '../../csv/read.ts';
import type { CsvLimits, Table } from '../../csv/table.ts';
import type { TemporaryFile } from './temporary-files.ts';

/** The bytes of a received file, from its beginning. */
export const readerOf =
  (file: TemporaryFile): OpenFile =>
  () =>
    createReadStream(file.path);

/**
 * Opens a received file as a table.
 * @throws only errors of the disk; invalid content is reported by the table
 */
export const openTable = (file: TemporaryFile, limits: CsvLimits, choice: ColumnChoice): Promise<Table> =>
  openCsv(readerOf(file), limits, choice);
