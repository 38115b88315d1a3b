import { isUtf8 } from 'node:buffer';
import { type CsvError, shown } from './csv-errors.ts';
import { type Delimiter, strictRecord, withoutEmptyEnd } from './record.ts';

const NUL = 0;
const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const CTRL_Z = 26;
const QUOTE = 34;
const BACKSLASH = 92;
const LINE_END = Buffer.from('\n');

/** The scanner's position within a cell. */
const CELL_START = 0;
/** Blanks at the start of a cell, possibly before a quote. */
const LEADING_BLANKS = 1;
const UNQUOTED = 2;
const QUOTED = 3;
/** Directly after a quote that closes the cell or is the first half of a doubled quote. */
const AFTER_QUOTE = 4;
/** Blanks after a closing quote. */
const TRAILING_BLANKS = 5;

/** Whole records as strict RFC 4180 with LF, and the physical line where each starts. */
export interface ScannedRecords {
  readonly bytes: Buffer;
  readonly lines: readonly number[];
}

/**
 * Scans the bytes of a CSV ahead of csv-parser, and passes it whole records in strict form. On its own, csv-parser
 * treats every quote as the start or end of a quoted cell (one inch mark swallows the rest of the file), does not report
 * unclosed quotes, supports one kind of newline per file, has no line numbers, buffers rows of any length, and replaces
 * bytes that are not UTF-8.
 *
 * Drops blank lines and empty cells at the end of a row: a spreadsheet may pad each row with thousands of delimiters,
 * and each would be a cell in memory and in the database. Memory is bounded by `maxRowBytes`, `maxCells` and the chunk
 * size.
 */
export class RecordScanner {
  readonly errors: CsvError[] = [];
  /** Set by an error after which the rest of the file cannot be read. */
  stopped = false;
  /** The text ended at a Ctrl-Z, the end of file of DOS; what follows is ignored. */
  ended = false;

  readonly #delimiter: Delimiter;
  readonly #delimiterByte: number;
  readonly #maxRowBytes: number;
  readonly #maxCells: number;
  #skipBytes: number;

  #state = CELL_START;
  #line = 1;
  /** The previous byte was a CR, so a following LF belongs to it, even in the next chunk. */
  #afterCr = false;
  #quoteLine = 1;
  /** The byte before the last quote within quotes was a backslash. */
  #afterBackslash = false;
  /** The last byte of the previous chunk. */
  #lastByte: number | undefined;
  /** The record deviates from RFC 4180 and must be rewritten. */
  #loose = false;

  #recordLine = 1;
  /** Delimiters in this record, not counting those inside quotes. */
  #delimiters = 0;
  /** The start of a record that continues in the next chunk. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  #out: Buffer[] = [];
  #outLines: number[] = [];

  /** @param options.skipBytes length of the byte order mark */
  constructor(options: { delimiter: Delimiter; maxRowBytes: number; maxCells: number; skipBytes: number }) {
    this.#delimiter = options.delimiter;
    this.#delimiterByte = options.delimiter.charCodeAt(0);
    this.#maxRowBytes = options.maxRowBytes;
    this.#maxCells = options.maxCells;
    this.#skipBytes = options.skipBytes;
  }

  /** Scans the next bytes and returns the records that end in them. The buffer is neither changed nor retained. */
  push(bytes: Buffer): ScannedRecords {
    const skipped = Math.min(this.#skipBytes, bytes.length);
    this.#skipBytes -= skipped;
    const rest = bytes.subarray(skipped);
    const nul = rest.indexOf(NUL);
    this.#scanToCtrlZ(nul < 0 ? rest : rest.subarray(0, nul));
    if (nul >= 0 && !this.stopped && !this.ended) {
      this.#stop(
        this.#line,
        'csv_not_text',
        'The file contains a NUL byte, so it is not text. Save it as CSV UTF-8, then upload that file.',
      );
    }
    return this.#take();
  }

  /** Signals the end of the file, and returns its last record. */
  end(): ScannedRecords {
    if (this.ended) return this.#take();
    if (this.#state === QUOTED) {
      const message = 'The quote opened on this line is never closed. Close it, or write "" for a literal quote mark.';
      this.#stop(this.#quoteLine, 'csv_unclosed_quote', message);
    } else {
      this.#endRecord(Buffer.alloc(0));
    }
    return this.#take();
  }

  #scanToCtrlZ(bytes: Buffer): void {
    let from = 0;
    for (let at = bytes.indexOf(CTRL_Z); at >= 0; at = bytes.indexOf(CTRL_Z, at + 1)) {
      this.#scan(bytes.subarray(from, at));
      if (this.stopped) return;
      from = at;
      if (this.#state === QUOTED) continue;
      this.#endRecord(Buffer.alloc(0));
      this.ended = true;
      return;
    }
    this.#scan(bytes.subarray(from));
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
        if (byte === QUOTE) {
          this.#state = AFTER_QUOTE;
          this.#afterBackslash = (at === 0 ? this.#lastByte : bytes[at - 1]) === BACKSLASH;
        }
      } else if (byte === this.#delimiterByte) {
        this.#state = CELL_START;
        this.#delimiters += 1;
      } else if (this.#state !== UNQUOTED || byte === QUOTE) {
        this.#enterText(byte);
        if (this.stopped) return;
      }
    }
    this.#lastByte = bytes.at(-1) ?? this.#lastByte;
    this.#keep(bytes.subarray(from));
  }

  /** Handles a byte that is neither delimiter nor newline: a quote, or the first byte of unquoted text. */
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
      } else if (this.#state !== UNQUOTED && this.#afterBackslash) {
        const message =
          'A quote mark on this line is escaped with a backslash, which spreadsheets read as the end of the cell.';
        this.#stop(this.#quoteLine, 'csv_unclosed_quote', `${message} Write "" instead of \\".`);
      } else if (this.#state !== UNQUOTED && this.#line !== this.#quoteLine) {
        // Most likely an earlier quote was never closed and this one opens a cell: continuing would merge rows.
        const message = `The quote opened on this line is not closed before line ${this.#line}, where text follows it.`;
        const hint = 'Close it at the end of its cell, or write "" for a literal quote mark.';
        this.#stop(this.#quoteLine, 'csv_unclosed_quote', `${message} ${hint}`);
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
      // Copied, because the file reader may reuse its buffer.
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

  /** Reported once: if one line has the wrong encoding, the others have it too. */
  #reportEncoding(record: Buffer): void {
    if (this.errors.length > 0) return;
    // Latin-1 maps each byte to one character and back, so the record can be split as text.
    for (const [offset, text] of record
      .toString('latin1')
      .split(/\r\n|\r|\n/)
      .entries()) {
      const bytes = Buffer.from(text, 'latin1');
      if (isUtf8(bytes)) continue;
      const line = this.#recordLine + offset;
      const message = `The file is not encoded in UTF-8: line ${line} reads ${shown(bytes.toString('utf8'))}. Save it as CSV UTF-8, then upload that file.`;
      this.errors.push({ line, column: null, code: 'csv_invalid_encoding', message });
      return;
    }
  }

  /** The file's bytes cannot be decoded any further. */
  stopAtUndecodable(): void {
    const message = `The text after line ${this.#line} cannot be decoded. Save the file as CSV UTF-8, then upload that file.`;
    this.#stop(this.#line, 'csv_invalid_encoding', message);
  }

  #stopTooLong(): void {
    const quote = this.#state === QUOTED ? ` The quote opened on line ${this.#quoteLine} may be unclosed.` : '';
    const message = `The row that starts here is longer than ${this.#maxRowBytes} bytes.${quote} Shorten it, or split its URLs over several rows.`;
    this.#stop(this.#recordLine, 'csv_row_too_long', message);
  }

  #stopTooManyCells(): void {
    const message = `The row that starts here has more than ${this.#maxCells} cells. Remove the cells you don't need, or split its URLs over several rows.`;
    this.#stop(this.#recordLine, 'csv_too_many_columns', message);
  }

  #stop(line: number, code: CsvError['code'], message: string): void {
    this.errors.push({ line, column: null, code, message });
    this.stopped = true;
  }

  #take(): ScannedRecords {
    // Copied, because csv-parser unescapes in place.
    const records = { bytes: Buffer.concat(this.#out), lines: this.#outLines };
    this.#out = [];
    this.#outLines = [];
    return records;
  }
}
