import type { CsvError } from '../../csv/csv-errors.ts';
import { ApiError, messageOf } from '../api.ts';
import { inspectFile, type Preview } from '../csv/inspect.ts';
import { fill, h } from '../dom.ts';
import { counted, size } from '../format.ts';
import { icon } from '../icons.ts';
import { faultList } from './faults.ts';
import { optionsForm } from './options.ts';
import { rowsTable } from './rows-table.ts';
import type { Context, Source, View } from './view.ts';

const DELIMITERS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' } as const;
/** Of an `s3://` URL, only the server knows whether its bucket may be read. */
const ANY_BUCKET = ['*'];

interface PreviewDeps extends Context {
  readonly source: Source;
  readonly onSent: (requestId: string) => void;
  readonly onBack: () => void;
}

/** Shows what is in the file, all that is wrong with it, and how it will be processed; sends it only on a click. */
export const previewView = ({ api, settings, source, onSent, onBack }: PreviewDeps): View => {
  const found = h('div', { class: 'stack' }, h('p', { class: 'muted', role: 'status' }, 'Reading the file …'));
  const summary = h('p', { class: 'lead' });
  const sending = h('div', { 'aria-live': 'polite' });
  const send = h('button', { type: 'submit', class: 'button button-primary button-large', disabled: true }, 'Compress');
  const options = optionsForm(send, sending);
  let faulty = true;

  const show = async (): Promise<void> => {
    const { limits, s3Sources } = settings;
    if (source.file.size > limits.maxUploadBytes) {
      const message = `The file has ${size(source.file.size)}; this service takes at most ${size(limits.maxUploadBytes)}. Split it into several.`;
      fill(found, faultList([{ line: 1, column: null, code: 'csv_too_many_rows', message }], 1, 'here'));
      return;
    }
    const read = (mode: 'reject' | 'skip') =>
      inspectFile(source.file, { ...limits, sourceBuckets: s3Sources ? ANY_BUCKET : [] }, mode);
    const strict = withoutBuckets(await read('reject'));
    const forgiving = strict.errorCount > 0 ? withoutBuckets(await read('skip')) : strict;
    options.offerSkip(strict.errorCount > 0 && forgiving.errorCount === 0);
    const update = (): void => {
      const chosen = options.skips() ? forgiving : strict;
      faulty = chosen.errorCount > 0;
      send.disabled = faulty;
      fill(send, faulty ? 'Mend the faults first' : `Compress ${counted(strict.urls, 'image')}`);
    };
    options.onChange(update);
    update();
    fill(summary, describe(strict, source));
    fill(
      found,
      strict.errorCount > 0 && faultList(strict.errors, strict.errorCount, 'here'),
      strict.firstRows.length > 0 && rowsTable(strict),
    );
  };
  void show().catch((error: unknown) => fill(found, h('p', { class: 'fault', role: 'alert' }, messageOf(error))));

  options.onSubmit(async (form, idempotencyKey) => {
    if (faulty) return;
    form.set('file', source.file, source.name);
    send.disabled = true;
    fill(sending, h('p', { class: 'muted' }, 'Sending …'));
    try {
      const { requestId } = await api.upload(form, idempotencyKey);
      onSent(requestId);
    } catch (error) {
      send.disabled = false;
      const faults = error instanceof ApiError && error.problem?.code === 'csv_invalid' ? error.problem : null;
      fill(sending, h('p', { class: 'fault', role: 'alert' }, messageOf(error)));
      if (faults !== null) {
        const listed = (faults.errors ?? []).filter((fault): fault is CsvError => 'line' in fault);
        found.prepend(faultList(listed, faults.errorCount ?? listed.length, 'server'));
      }
    }
  });

  const element = h(
    'div',
    { class: 'view' },
    h(
      'header',
      { class: 'stack-small' },
      h('button', { type: 'button', class: 'link link-back', on: { click: onBack } }, icon('back'), 'Another file'),
      h('h1', { class: 'break' }, source.name),
      summary,
    ),
    h('div', { class: 'columns' }, found, options.element),
  );
  return { element, title: source.name };
};

const withoutBuckets = (preview: Preview): Preview => {
  const errors = preview.errors.filter(({ code }) => code !== 'csv_bucket_not_allowed');
  return { ...preview, errors, errorCount: preview.errorCount - (preview.errors.length - errors.length) };
};

const describe = ({ rows, urls, dialect, errorCount }: Preview, { file }: Source): string => {
  if (rows === 0) return size(file.size);
  const separated = `separated by ${DELIMITERS[dialect.delimiter]}`;
  const errors = errorCount === 0 ? '' : `, ${counted(errorCount, 'error')}`;
  return `${counted(rows, 'product')}, ${counted(urls, 'image')}${errors} · ${separated} · ${size(file.size)}`;
};
