import type { TableChoice } from '../../../csv/columns.ts';
import type { CsvError } from '../../../csv/csv-errors.ts';
import { ApiError, messageOf } from '../../api.ts';
import { choiceOf, type Mapping } from '../../csv/choice.ts';
import { type Found, imagesKept, isMappable, mappingOf } from '../../csv/found.ts';
import { addSource, type InspectSource, type Source, sourceInspector } from '../../csv/source.ts';
import { fill, h, setText } from '../../dom.ts';
import { counted, size } from '../../format.ts';
import { icon } from '../../icons.ts';
import type { Context, View } from '../view.ts';
import { errorList } from './errors.ts';
import { mappingPanel } from './mapping.ts';
import { optionsForm } from './options.ts';
import { rowsTable } from './rows-table.ts';
import { sheetField } from './sheet-field.ts';
import { factsOf, formatOf, notesPanel } from './summary.ts';
import { trialPanel } from './trial.ts';

/** Only the server knows which buckets `s3://` URLs may use. */
const ANY_BUCKET = ['*'];

interface PreviewDeps extends Context {
  readonly source: Source;
  readonly onSent: (requestId: string) => void;
  readonly onBack: () => void;
}

/** What was found with strict and with forgiving rules. */
interface Results {
  readonly strict: Found;
  readonly forgiving: Found;
}

/** Shows what was found in the file, its columns, rows and errors, and the options before the upload. */
export const previewView = ({ api, settings, source, onSent, onBack }: PreviewDeps): View => {
  const bytes = 'file' in source ? source.file.size : null;
  const reading = 'link' in source ? 'Downloading file…' : 'Reading file…';
  const sheets = h('div', { class: 'place' });
  const mapping = h('div', { class: 'place' });
  const problems = h('div', { class: 'place' });
  const rows = h('div', { class: 'place' });
  const facts = h('p', { class: 'lead', role: 'status' }, reading);
  const format = h('p', { class: 'muted small break' });
  const sending = h('div', { 'aria-live': 'polite' });
  const send = h('button', { type: 'submit', class: 'button button-primary button-large', disabled: true }, 'Compress');
  const options = optionsForm(send, sending);
  const trial = trialPanel(api, settings, options.fields);

  let results: Results | null = null;
  let detected: Found | null = null;
  let chosen: Mapping | null = null;
  /** Counts the inspections, of which only the last one is shown. */
  let inspections = 0;

  let sheet: string | undefined;

  const choice = (): TableChoice => ({
    ...(detected === null || chosen === null ? {} : choiceOf(detected.header, mappingOf(detected), chosen)),
    ...(sheet === undefined ? {} : { sheet }),
  });
  const current = (): Found | null => (options.skips() ? results?.forgiving : results?.strict) ?? null;
  const isValid = (): boolean => current()?.errorCount === 0;

  const showSend = (): void => {
    send.disabled = !isValid();
    if (results === null) {
      fill(send, reading);
      return;
    }
    const { strict } = results;
    const toFix =
      strict.columns === null && isMappable(strict) ? 'Choose an image column' : 'Fix the errors to continue';
    fill(send, isValid() ? `Compress ${counted(imagesKept(strict), 'image')}` : toFix);
  };

  const showResults = ({ strict, forgiving }: Results): void => {
    const unmapped = strict.columns === null && isMappable(strict);
    options.offerSkip(strict.errorCount > 0 && forgiving.errorCount === 0);
    setText(facts, factsOf(strict));
    setText(format, formatOf(strict, bytes));
    fill(problems, strict.errorCount > 0 && !unmapped && errorList(strict, 'here'), notesPanel(strict));
    fill(rows, strict.firstRows.length > 0 && rowsTable(strict));
    trial.show(forgiving.columns === null ? null : forgiving);
    showSend();
  };

  const failed = (error: unknown): void => {
    setText(facts, '');
    trial.show(null);
    fill(send, 'Compress');
    fill(
      problems,
      h('p', { class: 'panel panel-bad break', role: 'alert' }, messageOf(error).replace(/^fileUrl:? /, '')),
    );
    fill(rows);
  };

  const inspect = async (read: InspectSource): Promise<void> => {
    inspections += 1;
    const inspection = inspections;
    results = null;
    showSend();
    try {
      const asked = choice();
      const strict = await read('reject', asked);
      const forgiving = strict.errorCount > 0 && strict.columns !== null ? await read('skip', asked) : strict;
      if (inspection !== inspections) return;
      results = { strict, forgiving };
      if (detected === null) showColumns(read, strict);
      showResults(results);
    } catch (error) {
      if (inspection === inspections) failed(error);
    }
  };

  const showColumns = (read: InspectSource, found: Found): void => {
    detected = found;
    if (found.sheets.length > 0) {
      const change = (name: string): void => {
        sheet = name;
        detected = null;
        chosen = null;
        options.changed();
        void inspect(read);
      };
      fill(sheets, sheetField(found, sheet, change));
    }
    fill(mapping, isMappable(found) && mappingPanel(found, (columns) => choose(read, columns)));
  };

  const choose = (read: InspectSource, columns: Mapping): void => {
    chosen = columns;
    options.changed();
    if (columns.images.length > 0) {
      void inspect(read);
      return;
    }
    inspections += 1;
    results = null;
    send.disabled = true;
    fill(send, 'Choose an image column');
    fill(problems);
    fill(rows);
    trial.show(null);
  };

  const start = async (): Promise<void> => {
    const { limits, s3Sources } = settings;
    if (bytes !== null && bytes > limits.maxUploadBytes) {
      const message = `The file is ${size(bytes)}; the limit is ${size(limits.maxUploadBytes)}. Split it into smaller files.`;
      const error = { line: 1, column: null, code: 'csv_too_many_rows', message } as const;
      setText(facts, '');
      fill(problems, errorList({ errors: [error], errorCount: 1, errorKinds: [] }, 'here'));
      return;
    }
    await inspect(await sourceInspector(source, api, { ...limits, sourceBuckets: s3Sources ? ANY_BUCKET : [] }));
  };
  void start().catch(failed);
  options.onChange(showSend);

  options.onSubmit(async (form, idempotencyKey) => {
    if (!isValid()) return;
    addSource(form, source, choice());
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
        const errors = (rejected.errors ?? []).filter((one): one is CsvError => 'line' in one);
        const { errorCount = errors.length, errorKinds = [] } = rejected;
        problems.prepend(errorList({ errors, errorCount, errorKinds }, 'server'));
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
      facts,
      format,
    ),
    h(
      'div',
      { class: 'columns' },
      h('div', { class: 'stack' }, sheets, problems, trial.element, mapping, rows),
      options.element,
    ),
  );
  return { element, title: source.name, close: trial.close };
};
