import { createReadStream } from 'node:fs';
import type { TableChoice } from '../../csv/columns.ts';
import type { OpenFile } from '../../csv/encoding.ts';
import { openCsv } from '../../csv/read.ts';
import { type CsvLimits, failedTable, type Table } from '../../csv/table.ts';
import { describeCompoundFile } from '../../xlsx/compound-file.ts';
import { openWorkbook } from '../../xlsx/open-workbook.ts';
import { startOf, type TemporaryFile } from './temporary-files.ts';

/** Of an .xlsx file, and of other ZIP archives, which are refused by what is in them. */
const ZIP = Buffer.from('PK\x03\x04', 'latin1');
/** Of an .xls file, and of a workbook with a password. */
const COMPOUND = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** The bytes of a received file, from its beginning. */
export const readerOf =
  (file: TemporaryFile): OpenFile =>
  () =>
    createReadStream(file.path);

/** Bytes of a received file, as far as they say how much work it is: a small workbook may unpack to a large table. */
export const bytesToParse = async (file: TemporaryFile): Promise<number> =>
  (await startOf(file, ZIP.length)).equals(ZIP) ? Number.POSITIVE_INFINITY : file.size;

/**
 * Opens a received file as a table, a workbook by its first bytes, whatever its name is.
 * @throws only errors of the disk; invalid content is reported by the table
 */
export const openTable = async (file: TemporaryFile, limits: CsvLimits, choice: TableChoice): Promise<Table> => {
  const start = await startOf(file, COMPOUND.length);
  if (start.subarray(0, ZIP.length).equals(ZIP)) {
    return openWorkbook(file.path, limits, { sheet: choice.sheet, choice });
  }
  if (start.equals(COMPOUND)) {
    const message = await describeCompoundFile(file.path);
    return failedTable({ line: 1, column: null, code: 'csv_spreadsheet', message }, 'xlsx');
  }
  return openCsv(readerOf(file), limits, choice);
};
