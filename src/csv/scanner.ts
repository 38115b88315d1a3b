import { isUtf8 } from 'node:buffer';
import { type CsvFault, shown } from './faults.ts';
import { type Delimiter, strictRecord, withoutEmptyEnd } from './record.ts';

const NUL = 0;
const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const LINE_END = Buffer.from('\n');

/** Where in a cell the scanner stands. */
const CELL_START = 0;
/** Blanks at the begin of a cell, before a quote perhaps. */
const LEADING_BLANKS = 1;
const UNQUOTED = 2;
const QUOTED = 3;
/** Right behind a quote that closes the cell, or is the first half of a doubled one. */
const AFTER_QUOTE = 4;
/** Blanks behind a closing quote. */
const TRAILING_BLANKS = 5;

/** Whole records as strict RFC 4180 with LF, and the physical line where each begins. */
export interface ScannedRecords {
  readonly bytes: Buffer;
  readonly lines: readonly number[];
}

/**
 * Goes through the bytes of a CSV in front of csv-parser, and hands it whole records in strict form. csv-parser alone
 * takes every quote for the begin or end of a quoted cell (one inch mark swallows the rest of the file), does not tell
 * a quote that is never closed, knows one kind of newline a file, reports no line numbers, holds a row of any length,
 * and replaces bytes that are not UTF-8.
 *
 * Blank lines and the empty cells at a row's end are left out: a spreadsheet may pad each row with thousands of
 * delimiters, and each would be a cell in memory and in the database. Memory is bounded by `maxRowBytes`, `maxCells` and
 * the size of a chunk.
 */
export class RecordScanner {
  /** What was found wrong so far. */
  readonly faults: CsvFault[] = [];
  /** Set by a fault behind which nothing can be read any more. */
  stopped = false;

  readonly #delimiter: Delimiter;
  readonly #delimiterByte: number;
  readonly #maxRowBytes: number;
  readonly #maxCells: number;
  #skipBytes: number;

  #state = CELL_START;
  #line = 1;
  /** The byte before was a carriage return: a line feed now belongs to it, even in the next chunk. */
  #afterCr = false;
  #quoteLine = 1;
  /** The record strays from RFC 4180 and is rewritten. */
  #loose = false;

  #recordLine = 1;
  /** Delimiters of this record, those inside quotes left out. */
  #delimiters = 0;
  /** The beginning of a record that goes on in the next chunk. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  #out: Buffer[] = [];
  #outLines: number[] = [];

  /** @param options.skipBytes the byte order mark's length */
  constructor(options: { delimiter: Delimiter; maxRowBytes: number; maxCells: number; skipBytes: number }) {
    this.#delimiter = options.delimiter;
    this.#delimiterByte = options.delimiter.charCodeAt(0);
    this.#maxRowBytes = options.maxRowBytes;
    this.#maxCells = options.maxCells;
    this.#skipBytes = options.skipBytes;
  }

  /** Takes the next bytes, and returns the records that ended in them. The bytes are not changed, nor kept in use. */
  push(bytes: Buffer): ScannedRecords {
    const skipped = Math.min(this.#skipBytes, bytes.length);
    this.#skipBytes -= skipped;
    const rest = bytes.subarray(skipped);
    const nul = rest.indexOf(NUL);
    this.#scan(nul < 0 ? rest : rest.subarray(0, nul));
    if (nul >= 0 && !this.stopped) {
      this.#stop(this.#line, 'csv_not_text', 'The file has a NUL byte, which no text has. Send a CSV saved as UTF-8.');
    }
    return this.#take();
  }

  /** Tells that the file has ended, and returns its last record. */
  end(): ScannedRecords {
    if (this.#state === QUOTED) {
      const message =
        'The quote opened in this line is never closed. Close it, or double it ("") to mean a quote mark.';
      this.#stop(this.#quoteLine, 'csv_unclosed_quote', message);
    } else {
      this.#endRecord(Buffer.alloc(0));
    }
    return this.#take();
  }

  #scan(bytes: Buffer): void {
    let from = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at];
      const secondHalf = byte === LF && this.#afterCr;
      this.#afterCr = byte === CR;
      if (byte === LF || byte === CR) {
        if (!secondHalf) this.#line += 1;
        if (this.#state === QUOTED) continue;
        if (!secondHalf) this.#endRecord(bytes.subarray(from, at));
        if (this.stopped) return;
        from = at + 1;
        this.#recordLine = this.#line;
      } else if (this.#state === QUOTED) {
        if (byte === QUOTE) this.#state = AFTER_QUOTE;
      } else if (byte === this.#delimiterByte) {
        this.#state = CELL_START;
        this.#delimiters += 1;
      } else if (this.#state !== UNQUOTED || byte === QUOTE) {
        this.#enterText(byte);
        if (this.stopped) return;
      }
    }
    this.#keep(bytes.subarray(from));
  }

  /** A byte that is neither delimiter nor newline: a quote, or the first of something outside of quotes. */
  #enterText(byte: number | undefined): void {
    const blank = byte === SPACE || byte === TAB;
    if (this.#state === CELL_START || this.#state === LEADING_BLANKS) {
      if (byte === QUOTE) {
        if (this.#state === LEADING_BLANKS) this.#loose = true;
        this.#state = QUOTED;
        this.#quoteLine = this.#line;
      } else {
        this.#state = blank ? LEADING_BLANKS : UNQUOTED;
      }
    } else if (this.#state === AFTER_QUOTE && byte === QUOTE) {
      this.#state = QUOTED;
    } else {
      this.#loose = true;
      if (this.#state !== UNQUOTED && blank) {
        this.#state = TRAILING_BLANKS;
      } else if (this.#state !== UNQUOTED && this.#line !== this.#quoteLine) {
        // Most likely an earlier quote lacks its partner, and this one opens a cell: going on would merge rows.
        const message = `The quote opened in this line is not closed before line ${this.#line}, where text follows it.`;
        const cure = 'Close it where its cell ends, or double it ("") to mean a quote mark.';
        this.#stop(this.#quoteLine, 'csv_unclosed_quote', `${message} ${cure}`);
      } else {
        this.#state = UNQUOTED;
      }
    }
  }

  #keep(bytes: Buffer): void {
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > this.#maxRowBytes) {
      this.#stopTooLong();
    } else if (bytes.length > 0) {
      // Copied: the reader of the file may use its memory again.
      this.#pending.push(Buffer.from(bytes));
    }
  }

  #endRecord(tail: Buffer): void {
    if (this.#pendingBytes + tail.length > this.#maxRowBytes) {
      this.#stopTooLong();
      return;
    }
    const whole = this.#pendingBytes === 0 ? tail : Buffer.concat([...this.#pending, tail]);
    const endsEmpty = this.#state === CELL_START || this.#state === LEADING_BLANKS;
    const { record, dropped } = endsEmpty ? withoutEmptyEnd(whole, this.#delimiterByte) : { record: whole, dropped: 0 };
    if (this.#delimiters - dropped >= this.#maxCells) {
      this.#stopTooManyCells();
      return;
    }
    if (record.length > 0) {
      if (!isUtf8(record)) this.#reportEncoding(record);
      this.#out.push(this.#loose ? strictRecord(record, this.#delimiter) : record, LINE_END);
      this.#outLines.push(this.#recordLine);
    }
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#state = CELL_START;
    this.#delimiters = 0;
    this.#loose = false;
  }

  /** Told once: where one line is wrongly encoded, the others are too. */
  #reportEncoding(record: Buffer): void {
    if (this.faults.length > 0) return;
    // Latin-1 only as a way to split bytes: it maps each to one character and back.
    for (const [offset, text] of record
      .toString('latin1')
      .split(/\r\n|\r|\n/)
      .entries()) {
      const bytes = Buffer.from(text, 'latin1');
      if (isUtf8(bytes)) continue;
      const line = this.#recordLine + offset;
      const message = `The file is not encoded in UTF-8: line ${line} reads ${shown(bytes.toString('utf8'))}. Save it as "CSV UTF-8" and send that.`;
      this.faults.push({ line, column: null, code: 'csv_invalid_encoding', message });
      return;
    }
  }

  #stopTooLong(): void {
    const quote = this.#state === QUOTED ? ` A quote opened in line ${this.#quoteLine} may lack its partner.` : '';
    const message = `The row that begins here is longer than ${this.#maxRowBytes} bytes.${quote} Shorten it, or split its URLs over several rows.`;
    this.#stop(this.#recordLine, 'csv_row_too_long', message);
  }

  #stopTooManyCells(): void {
    const message = `The row that begins here has more than ${this.#maxCells} cells. Remove the cells that are not needed, or split its URLs over several rows.`;
    this.#stop(this.#recordLine, 'csv_too_many_columns', message);
  }

  #stop(line: number, code: CsvFault['code'], message: string): void {
    this.faults.push({ line, column: null, code, message });
    this.stopped = true;
  }

  #take(): ScannedRecords {
    // A copy, because csv-parser unescapes in place.
    const records = { bytes: Buffer.concat(this.#out), lines: this.#outLines };
    this.#out = [];
    this.#outLines = [];
    return records;
  }
}
