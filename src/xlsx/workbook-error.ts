import type { CsvError, CsvErrorCode } from '../csv/csv-errors.ts';

/** A workbook that cannot be read, or not any further. */
export class WorkbookError extends Error {
  override readonly name = 'WorkbookError';
  readonly code: CsvErrorCode;
  readonly line: number;

  /** @param line the row of the sheet, from 1; 1 for the workbook as a whole */
  constructor(message: string, code: CsvErrorCode = 'csv_spreadsheet', line = 1, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.line = line;
  }

  toCsvError(): CsvError {
    return { line: this.line, column: null, code: this.code, message: this.message };
  }
}

export const SAVE_AGAIN = 'Open it in Excel and save it as .xlsx or as CSV UTF-8, then upload that file.';

export const damaged = (what: string, cause?: unknown): WorkbookError =>
  new WorkbookError(`The workbook is damaged: ${what}. ${SAVE_AGAIN}`, 'csv_spreadsheet', 1, { cause });
