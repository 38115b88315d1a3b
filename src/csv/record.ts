export type Delimiter = ',' | ';' | '\t' | '|';

/**
 * Parses one record (a row, possibly over several lines) that starts at `start`. Follows RFC 4180 and, for deviations,
 * spreadsheets: blanks around a quoted cell are dropped, a quote inside an unquoted cell is literal, text after a
 * closing quote belongs to the cell.
 * @returns the cells, and the offset of the next record
 */
export const parseRecord = (
  text: string,
  start: number,
  delimiter: Delimiter,
): { readonly cells: readonly string[]; readonly end: number } => {
  const cells: string[] = [];
  let at = start;
  for (;;) {
    const cell = parseCell(text, at, delimiter);
    cells.push(cell.value);
    at = cell.end;
    if (text[at] === delimiter) {
      at += 1;
    } else {
      return { cells, end: at + (text.startsWith('\r\n', at) ? 2 : 1) };
    }
  }
};

const parseCell = (text: string, start: number, delimiter: Delimiter): { value: string; end: number } => {
  const ends = (at: number): boolean =>
    at >= text.length || text[at] === delimiter || text[at] === '\n' || text[at] === '\r';
  const pastBlanks = (from: number): number => {
    let at = from;
    while (!ends(at) && (text[at] === ' ' || text[at] === '\t')) at += 1;
    return at;
  };
  const pastText = (from: number): number => {
    let at = from;
    while (!ends(at)) at += 1;
    return at;
  };

  const opening = pastBlanks(start);
  if (text[opening] !== '"') {
    const end = pastText(opening);
    return { value: text.slice(start, end), end };
  }
  let closing = text.indexOf('"', opening + 1);
  while (closing >= 0 && text[closing + 1] === '"') closing = text.indexOf('"', closing + 2);
  const quoted = text.slice(opening + 1, closing < 0 ? text.length : closing).replaceAll('""', '"');
  if (closing < 0) return { value: quoted, end: text.length };
  const after = pastBlanks(closing + 1);
  if (ends(after)) return { value: quoted, end: after };
  const end = pastText(after);
  return { value: quoted + text.slice(closing + 1, end), end };
};

/** Rewrites a record as strict RFC 4180 with every cell quoted; bytes above 127 are unchanged. */
export const strictRecord = (record: Buffer, delimiter: Delimiter): Buffer => {
  const { cells } = parseRecord(record.toString('latin1'), 0, delimiter);
  return Buffer.from(cells.map((cell) => `"${cell.split('"').join('""')}"`).join(delimiter), 'latin1');
};

const SPACE = 32;
const TAB = 9;

/**
 * Removes the empty and blank cells at the end of a record, and counts them. The record must not end inside quotes or
 * directly after a closing quote.
 */
export const withoutEmptyEnd = (
  record: Buffer,
  delimiterByte: number,
): { readonly record: Buffer; readonly dropped: number } => {
  let end = record.length;
  let dropped = 0;
  for (let at = record.length; at > 0; at -= 1) {
    const byte = record[at - 1];
    if (byte === delimiterByte) {
      end = at - 1;
      dropped += 1;
    } else if (byte !== SPACE && byte !== TAB) {
      return { record: record.subarray(0, end), dropped };
    }
  }
  return { record: record.subarray(0, 0), dropped };
};
