export type Delimiter = ',' | ';' | '\t';

/**
 * Takes apart one record (a row, perhaps over several lines) that begins at `start`, as RFC 4180 says and, where the
 * text strays from it, as spreadsheets do: blanks around a quoted cell are dropped, a quote inside an unquoted cell is
 * itself, text after a closing quote belongs to the cell.
 * @returns the cells, and where the next record begins
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

/** The same record in strict RFC 4180, every cell quoted; bytes above 127 pass through as they are. */
export const strictRecord = (record: Buffer, delimiter: Delimiter): Buffer => {
  const { cells } = parseRecord(record.toString('latin1'), 0, delimiter);
  return Buffer.from(cells.map((cell) => `"${cell.split('"').join('""')}"`).join(delimiter), 'latin1');
};

const SPACE = 32;
const TAB = 9;

/**
 * A record without the empty and blank cells at its end, and how many those are. To be called only where the record does
 * not end inside quotes or right behind them.
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
