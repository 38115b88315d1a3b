import { workbookEntries } from '../xlsx/write-workbook.ts';
import { zip } from './zip.ts';

/** Formats rows as a workbook (.xlsx). Its cells are never formulas, so none needs to be escaped. */
export const workbookOf = (
  rows: AsyncIterable<readonly string[]>,
  sheetName: string,
  modified: Date,
): AsyncGenerator<Uint8Array> => zip(workbookEntries(rows, { sheetName, modified }));
