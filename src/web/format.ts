import type { Summary } from './types.ts';

/** Formats numbers, sizes and times in English, independent of the browser's language. */

const number = new Intl.NumberFormat('en');
const oneDecimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export const count = (value: number): string => number.format(value);

/** `1 image`, `1,000 images` */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** `1,600 × 1,200` */
export const pixels = (width: number, height: number): string => `${count(width)} × ${count(height)}`;

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** `0 bytes`, `54 KB`, `3.2 MB`: decimal units, like file managers and browsers. */
export const size = (bytes: number): string => {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? oneDecimal : number;
  return `${bytes < 0 ? '−' : ''}${digits.format(unit === 0 ? value : Number(value.toFixed(value < 9.95 ? 1 : 0)))} ${UNITS[unit]}`;
};

/** `−85%` when smaller, `+3%` when larger. */
export const change = (before: number, after: number): string => {
  if (before === 0) return '±0%';
  const percent = Math.round((100 * (after - before)) / before);
  if (percent === 0) return '±0%';
  return percent < 0 ? `−${-percent}%` : `+${percent}%`;
};

/** `4 s`, `3 min 20 s`, `2 h 5 min` */
export const duration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return minutes >= 10 || whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours >= 48 ? `${Math.round(hours / 24)} days` : `${count(hours)} h ${minutes % 60} min`;
};

/** `24 images/s`, `0.8 images/s` */
export const speed = (perSecond: number): string =>
  perSecond >= 10 ? count(Math.round(perSecond)) : oneDecimal.format(perSecond);

const RECENT: readonly [limit: number, unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  [3600, 'minute', 60],
  [86_400, 'hour', 3600],
  [7 * 86_400, 'day', 86_400],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** `just now`, `5 minutes ago`, `yesterday`; a date when it is longer ago. */
export const ago = (moment: string, now: number): string => {
  const seconds = (now - Date.parse(moment)) / 1000;
  if (seconds < 60) return 'just now';
  for (const [limit, unit, length] of RECENT) {
    if (seconds < limit) return relative.format(-Math.floor(seconds / length), unit);
  }
  return date.format(new Date(moment));
};

const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** `07:05:12`, with the date when that is not today's. */
export const clock = (text: string, now: number): string => {
  const at = new Date(text);
  return day.format(at) === day.format(now) ? time.format(at) : `${day.format(at)}, ${time.format(at)}`;
};

export const moment = (text: string): string => date.format(new Date(text));

/** `JPEG, quality 50`, and how many outputs there are beside that one. */
export const encodingOf = ({ format, quality, outputs = [] }: Summary['options']): string => {
  const further = outputs.length > 1 ? `, and ${counted(outputs.length - 1, 'more output')}` : '';
  return `${format.toUpperCase()}, quality ${quality}${further}`;
};
