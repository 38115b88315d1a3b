import type { Found } from '../../csv/found.ts';
import { h } from '../../dom.ts';

/** The sheet of a workbook; null if it has only one. */
export const sheetField = (
  { sheets, sheet }: Found,
  asked: string | undefined,
  onChange: (name: string) => void,
): HTMLElement | null => {
  if (sheets.length < 2) return null;
  // Without an image column the server does not name the sheet that it looked at.
  const shown = sheet ?? asked;
  const select = h(
    'select',
    { id: 'sheet', on: { change: () => onChange(select.value) } },
    shown === undefined && h('option', { value: '', disabled: true, selected: true }, 'Choose a sheet'),
    ...sheets.map((name) => h('option', { value: name, selected: name === shown }, name)),
  );
  return h('div', { class: 'panel field sheet-field' }, h('label', { for: 'sheet' }, 'Sheet'), select);
};
