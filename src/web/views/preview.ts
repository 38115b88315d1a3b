import type { CsvError } from '../../csv/csv-errors.ts';
import { ApiError, messageOf } from '../api.ts';
import { inspectFile, type Preview } from '../csv/inspect.ts';
import { fill, h } from '../dom.ts';
import { counted, size } from '../format.ts';
import { icon } from '../icons.ts';
import { errorList } from './errors.ts';
import { optionsForm } from './options.ts';
import { rowsTable } from './rows-table.ts';
import type { Context, Source, View } from './view.ts';

const DELIMITERS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'pipes' } as const;
/** Only the server knows which buckets `s3://` URLs may use. */
const ANY_BUCKET = ['*'];

interface PreviewDeps extends Context {
  readonly source: Source;
  readonly onSent: (requestId: string) => void;
  readonly onBack: () => void;
}

/** Shows the file's rows, its errors and the options before the upload. */
export const previewView = ({ api, settings, source, onSent, onBack }: PreviewDeps): View => {
  const found = h('div', { class: 'stack' }, h('p', { class: 'muted', role: 'status' }, 'Reading file…'));
  const summary = h('p', { class: 'lead' });
  const sending = h('div', { 'aria-live': 'polite' });
  const send = h('button', { type: 'submit', class: 'button button-primary button-large', disabled: true }, 'Compress');
  const options = optionsForm(send, sending);
  let invalid = true;

  const show = async (): Promise<void> => {
    const { limits, s3Sources } = settings;
    if (source.file.size > limits.maxUploadBytes) {
      const message = `The file is ${size(source.file.size)}; the limit is ${size(limits.maxUploadBytes)}. Split it into smaller files.`;
      fill(found, errorList([{ line: 1, column: null, code: 'csv_too_many_rows', message }], 1, 'here'));
      return;
    }
    const read = (mode: 'reject' | 'skip') =>
      inspectFile(source.file, { ...limits, sourceBuckets: s3Sources ? ANY_BUCKET : [] }, mode);
    const strict = withoutBuckets(await read('reject'));
    const forgiving = strict.errorCount > 0 ? withoutBuckets(await read('skip')) : strict;
    options.offerSkip(strict.errorCount > 0 && forgiving.errorCount === 0);
    const update = (): void => {
      const chosen = options.skips() ? forgiving : strict;
      invalid = chosen.errorCount > 0;
      send.disabled = invalid;
      fill(send, invalid ? 'Fix the errors to continue' : `Compress ${counted(strict.urls, 'image')}`);
    };
    options.onChange(update);
    update();
    fill(summary, describe(strict, source));
    fill(
      found,
      strict.errorCount > 0 && errorList(strict.errors, strict.errorCount, 'here'),
      strict.firstRows.length > 0 && rowsTable(strict),
    );
  };
  void show().catch((error: unknown) => fill(found, h('p', { class: 'error-text', role: 'alert' }, messageOf(error))));

  options.onSubmit(async (form, idempotencyKey) => {
    if (invalid) return;
    form.set('file', source.file, source.name);
    send.disabled = true;
    fill(sending, h('p', { class: 'muted' }, 'Uploading…'));
    try {
      const { requestId } = await api.upload(form, idempotencyKey);
      onSent(requestId);
    } catch (error) {
      send.disabled = false;
      const rejected = error instanceof ApiError && error.problem?.code === 'csv_invalid' ? error.problem : null;
      fill(sending, h('p', { class: 'error-text', role: 'alert' }, messageOf(error)));
      if (rejected !== null) {
        const listed = (rejected.errors ?? []).filter((one): one is CsvError => 'line' in one);
        found.prepend(errorList(listed, rejected.errorCount ?? listed.length, 'server'));
      }
    }
  });

  const element = h(
    'div',
    { class: 'view' },
    h(
      'header',
      { class: 'stack-small' },
      h(
        'button',
        { type: 'button', class: 'link link-back', on: { click: onBack } },
        icon('back'),
        'Choose a different file',
      ),
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
  if (rows === 0 || dialect === null) return size(file.size);
  const separated = `separated by ${DELIMITERS[dialect.delimiter]}`;
  const errors = errorCount === 0 ? '' : `, ${counted(errorCount, 'error')}`;
  return `${counted(rows, 'product')}, ${counted(urls, 'image')}${errors} · ${separated} · ${size(file.size)}`;
};
