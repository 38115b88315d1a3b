import { hasUrl } from '../../../csv/urls.ts';
import { columnLabel, type Mapping } from '../../csv/choice.ts';
import { type Found, mappingOf } from '../../csv/found.ts';
import { fill, h } from '../../dom.ts';
import { count } from '../../format.ts';
import { icon } from '../../icons.ts';
import { shortUrl } from './rows-table.ts';

/** A form of the columns: which have the images, the product's name and its serial number. */
export const mappingPanel = (found: Found, onChange: (chosen: Mapping) => void): HTMLElement => {
  const { header, examples } = found;
  const first = mappingOf(found);
  const example = (index: number): string => examples[index]?.trim() ?? '';
  const all = header.map((_, index) => index);

  const boxes = all.map((index) =>
    h('input', { type: 'checkbox', id: `column-${index}`, checked: first.images.includes(index), on: { change } }),
  );
  // The rest is behind a disclosure: an export may have a hundred columns.
  const listed = all.filter((index) => first.images.includes(index) || hasUrl(example(index)));
  const others = all.filter((index) => !listed.includes(index));
  const option = (index: number): HTMLElement =>
    h(
      'li',
      {},
      h(
        'label',
        { class: 'column-option', for: `column-${index}` },
        boxes[index],
        h('span', { class: 'column-name' }, columnLabel(header, index)),
        h('span', { class: 'column-example', title: example(index) }, shortUrl(example(index)) || 'no value'),
      ),
    );
  const list = (indexes: readonly number[]): HTMLElement => h('ul', { class: 'column-list' }, ...indexes.map(option));
  const missing = h('div', { role: 'alert' });

  const select = (id: string, label: string, chosen: number | null) => {
    const hint = h('p', { class: 'muted small column-hint', id: `${id}-example` });
    const element = h(
      'select',
      { id, 'aria-describedby': hint.id, on: { change } },
      h('option', { value: '' }, 'None'),
      ...all.map((index) => h('option', { value: index, selected: index === chosen }, columnLabel(header, index))),
    );
    const value = (): number | null => (element.value === '' ? null : Number(element.value));
    const showExample = (): void => {
      const index = value();
      fill(hint, index === null ? 'Products are shown by row number.' : `For example: ${example(index) || 'no value'}`);
    };
    showExample();
    const field = h('div', { class: 'field' }, h('label', { for: id }, label), element, hint);
    return { field, element, value, showExample };
  };
  const productName = select('name-column', 'Product name', first.productName);
  const serialNumber = select('serial-column', 'Serial number or SKU', first.serialNumber);

  const reset = h('button', { type: 'button', class: 'link', hidden: true, on: { click: () => undo() } }, 'Reset');

  function change(): void {
    const chosen: Mapping = {
      images: all.filter((index) => boxes[index]?.checked),
      productName: productName.value(),
      serialNumber: serialNumber.value(),
    };
    productName.showExample();
    serialNumber.showExample();
    reset.hidden = JSON.stringify(chosen) === JSON.stringify(first);
    fill(missing, chosen.images.length === 0 && h('p', { class: 'error-text' }, 'Choose at least one image column.'));
    onChange(chosen);
  }
  function undo(): void {
    for (const [index, box] of boxes.entries()) box.checked = first.images.includes(index);
    productName.element.value = String(first.productName ?? '');
    serialNumber.element.value = String(first.serialNumber ?? '');
    change();
    // The button that had the focus is hidden now.
    boxes[listed[0] ?? 0]?.focus();
  }

  const intro =
    found.columns === null
      ? 'No image column found. Choose one here.'
      : 'Found in your file. Change any that are wrong.';
  return h(
    'section',
    { class: `panel stack mapping${found.columns === null ? ' is-open' : ''}`, 'aria-labelledby': 'mapping-title' },
    h(
      'div',
      { class: 'panel-head' },
      h('h2', { id: 'mapping-title' }, 'Columns'),
      h('p', { class: 'muted' }, intro),
      reset,
    ),
    h(
      'fieldset',
      { class: 'field' },
      h('legend', {}, 'Images'),
      listed.length > 0 && list(listed),
      others.length > 0 &&
        h(
          'details',
          { class: 'disclosure', open: listed.length === 0 },
          h('summary', {}, icon('next'), `${listed.length === 0 ? 'All' : 'Other'} columns (${count(others.length)})`),
          list(others),
        ),
      missing,
    ),
    h('div', { class: 'field-pair' }, productName.field, serialNumber.field),
  );
};
