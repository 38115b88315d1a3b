import type { Found } from '../../csv/found.ts';
import { h } from '../../dom.ts';
import { count, counted, size } from '../../format.ts';

const DELIMITERS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'pipes' } as const;
const ENCODINGS: Readonly<Record<string, string>> = {
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
};

/** What was found, in one line. */
export const factsOf = ({ rows, rowsWithoutImages, images, columns, errorCount }: Found): string => {
  if (columns === null) return '';
  return [
    counted(rows, 'row'),
    counted(images, 'image'),
    rowsWithoutImages > 0 && `${counted(rowsWithoutImages, 'row')} without an image`,
    errorCount > 0 && counted(errorCount, 'error'),
  ]
    .filter((fact) => fact !== false)
    .join(', ');
};

/** How the file is written, in one line. */
export const formatOf = (found: Found, bytes: number | null): string => {
  const { delimiter, encoding, headerLine, sheet, sheets } = found;
  const parts = [
    delimiter !== null && `CSV separated by ${DELIMITERS[delimiter]}`,
    sheets.length > 0 && 'Excel workbook',
    sheet !== null && `sheet “${sheet}”`,
    encoding !== null && ENCODINGS[encoding],
    headerLine !== null && headerLine > 1 && `header in ${placeOf(found)} ${count(headerLine)}`,
    bytes !== null && size(bytes),
  ];
  const text = parts.filter((part) => typeof part === 'string').join(' · ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** What a line number counts. */
const placeOf = ({ sheets }: Found): 'line' | 'row' => (sheets.length > 0 ? 'row' : 'line');

/** What was corrected or left alone; null if nothing was. */
export const notesPanel = (found: Found): HTMLElement | null => {
  const { notes } = found;
  if (notes.length === 0) return null;
  const place = placeOf(found);
  const items = notes.map(({ code, message, count: times, line }) => {
    if (code === 'column_without_urls') {
      return `${counted(times, 'column is', 'columns are')} named like image columns but without URLs, so not used. Select them below if needed.`;
    }
    if (code === 'links_not_read') return message;
    const where = times === 1 ? `${place} ${count(line)}` : `${count(times)} times, first in ${place} ${count(line)}`;
    return `${message.replace(/\.$/, '')} (${where}).`;
  });
  return h(
    'section',
    { class: 'panel panel-note', 'aria-label': 'Notes' },
    h('ul', { class: 'notes' }, ...items.map((text) => h('li', {}, text))),
  );
};
