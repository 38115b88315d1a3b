import type { Archive } from './archive.ts';
import { readXml } from './xml.ts';

/** The text of a number in a format that changes what it means; null for all other formats. */
export type NumberFormats = (style: string | undefined, value: string) => string | null;

export const NO_FORMATS: NumberFormats = () => null;

type Format = { readonly kind: 'date' | 'time' | 'dateTime' } | { readonly kind: 'digits'; readonly digits: number };

const DATE: Format = { kind: 'date' };
const TIME: Format = { kind: 'time' };
const DATE_TIME: Format = { kind: 'dateTime' };
/** Formats that every program knows by their number (ECMA-376 part 1, 18.8.30), those of East Asian languages too. */
const BUILT_IN: ReadonlyMap<number, Format> = new Map<number, Format>([
  ...[14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((id) => [id, DATE] as const),
  ...[18, 19, 20, 21, 45, 46, 47].map((id) => [id, TIME] as const),
  [22, DATE_TIME],
]);
const MAX_FORMATS = 100_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** 9999-12-31. */
const MAX_DAY = 2_958_465;
const MAX_DIGITS = 30;

/** Recognizes dates, times and a fixed number of digits by a format code such as `dd.mm.yyyy`, `h:mm` or `00000`. */
export const formatOfCode = (code: string): Format | null => {
  const [first = ''] = code.split(';');
  const bare = first.replace(/"[^"]*"|\[[^[\]]*\]|\\.|_./g, '').toLowerCase();
  if (/^0{2,30}$/.test(bare)) return { kind: 'digits', digits: Math.min(bare.length, MAX_DIGITS) };
  if (/general|[0#?]/.test(bare.replace(/s\.0+/, 's'))) return null;
  const day = /[yd]|mmm/.test(bare);
  const time = /[hs]/.test(bare);
  return day && time ? DATE_TIME : day ? DATE : time ? TIME : null;
};

/**
 * Reads which formats of a workbook are of dates, times or a fixed number of digits.
 * @param from1904 dates count from 1904
 * @throws WorkbookError
 */
export const readNumberFormats = async (archive: Archive, part: string, from1904: boolean): Promise<NumberFormats> => {
  const custom = new Map<number, Format | null>();
  const styles: (Format | null)[] = [];
  let inStyles = false;
  await readXml(archive.read(part), {
    open: (name, { numFmtId, formatCode }) => {
      const id = Number(numFmtId);
      if (name === 'numFmt' && formatCode !== undefined && custom.size < MAX_FORMATS) {
        custom.set(id, formatOfCode(formatCode));
      } else if (name === 'cellXfs') {
        inStyles = true;
      } else if (name === 'xf' && inStyles && styles.length < MAX_FORMATS) {
        styles.push(custom.get(id) ?? BUILT_IN.get(id) ?? null);
      }
    },
    close: (name) => {
      if (name === 'cellXfs') inStyles = false;
    },
  });
  return (style, value) => {
    const format = style === undefined ? null : styles[Number(style)];
    if (format === null || format === undefined) return null;
    return format.kind === 'digits' ? padded(value, format.digits) : dateText(value, format.kind, from1904);
  };
};

/** Article numbers and EANs with leading zeros are often numbers in such a format. */
const padded = (value: string, digits: number): string | null =>
  /^\d{1,15}$/.test(value) ? value.padStart(digits, '0') : null;

/** A date as in ISO 8601, without a time if it is midnight or the format has none. */
const dateText = (value: string, kind: 'date' | 'time' | 'dateTime', from1904: boolean): string | null => {
  const serial = value.trim() === '' ? Number.NaN : Number(value);
  if (!(serial >= 0 && serial <= MAX_DAY)) return null;
  // Serial number 60 is 1900-02-29, a day that never was: the days before it are one less off.
  const epoch = from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, serial < 60 ? 31 : 30);
  const iso = new Date(epoch + Math.round(serial * 86_400) * 1_000).toISOString();
  const [date = '', time = ''] = iso.slice(0, 19).split('T');
  if (kind === 'time' && serial < 1) return time;
  return kind === 'date' || (Math.round(serial * 86_400) * 1_000) % DAY_MS === 0 ? date : `${date} ${time}`;
};
