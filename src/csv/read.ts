import csvParser from 'csv-parser';
import { AppError } from '../errors.ts';
import type { ColumnChoice } from './columns.ts';
import type { OpenFile } from './encoding.ts';
import type { Delimiter } from './record.ts';
import type { CsvRow } from './rows.ts';
import type { CsvLimits, CsvRecord, Table } from './table.ts';
import { openTextTable, type ParseRecords } from './text-table.ts';

/**
 * Opens a CSV on the server.
 * @throws only errors of the file itself; invalid content is reported by the table
 */
export const openCsv = (open: OpenFile, limits: CsvLimits, choice: ColumnChoice = {}): Promise<Table> =>
  openTextTable(open, limits, choice, createParser);

const createParser = (separator: Delimiter): ParseRecords => {
  const parser = csvParser({ headers: false, separator });
  return ({ bytes, lines }) => {
    if (lines.length === 0) return [];
    // Only whole records are written, so csv-parser has parsed all of them when `write` returns. Reading them at once
    // pairs each with its line number without a promise per record.
    parser.write(bytes);
    return lines.map((line): CsvRecord => ({ line, cells: Object.values<string>(parser.read()) }));
  };
};

/**
 * Yields the rows of a table that was inspected and accepted, in order, including any invalid URLs.
 * @throws AppError `csv_invalid` on an error of the file as a whole, which an accepted file does not have
 */
export async function* rowsOf(table: Table): AsyncGenerator<CsvRow> {
  for await (const item of table.items()) {
    if (item.kind === 'row') yield item.row;
    if (item.kind === 'error') {
      throw new AppError('csv_invalid', undefined, { details: { errorCount: 1, errors: [item.error] } });
    }
  }
}
