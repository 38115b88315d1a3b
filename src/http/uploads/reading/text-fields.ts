import { Readable } from 'node:stream';
import { AppError } from '../../../errors.ts';
import type { TemporaryFiles } from '../temporary-files.ts';
import type { ReceivedBody } from './body.ts';

/** Fields that come as text: of forms and JSON, and a CSV in a text field instead of a file. */

const MAX_FORM_FIELDS = 100;
/** Fields whose text is the CSV itself. */
const FILE_FIELDS = ['file', 'csv'] as const;

export const isFileField = (name: string | undefined): boolean => FILE_FIELDS.some((field) => field === name);

const HOW_TO_SEND = 'Send the file itself: curl -F file=@products.csv .../api/upload';

/** @throws AppError `no_file` for a body that is no form, such as a CSV sent with `curl -d` */
export const parseForm = (text: string): Record<string, unknown> => {
  const pairs = text.split('&', MAX_FORM_FIELDS + 1);
  // `curl -d @products.csv` removes the line breaks, so such a body cannot be read as a CSV either.
  if (pairs.length > MAX_FORM_FIELDS || /^[^=]*[,;\n]/.test(pairs[0] ?? '')) {
    const raw = 'curl -H "Content-Type: text/csv" --data-binary @products.csv .../api/upload';
    throw new AppError('no_file', `The body is not a form. ${HOW_TO_SEND} or ${raw}`);
  }
  const fields = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) fields.set(name, [...(fields.get(name) ?? []), value]);
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
};

/** Fields that are JSON themselves, which a JSON body has as they are. */
const JSON_FIELDS: readonly string[] = ['metadata'];

/** The members of a JSON object as form fields: texts and lists of texts. */
export const parseJson = (text: string): Record<string, unknown> => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_request', 'The body is not valid JSON.', { cause });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new AppError('invalid_request', 'The JSON body must be an object of fields.');
  }
  const asText = (value: unknown): unknown =>
    typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  const asField = (name: string, value: unknown): unknown => {
    if (typeof value === 'object' && JSON_FIELDS.includes(name)) return JSON.stringify(value);
    return Array.isArray(value) ? value.map(asText) : asText(value);
  };
  return Object.fromEntries(
    Object.entries(parsed)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, asField(name, value)]),
  );
};

/**
 * Writes a CSV that came as text, as `curl -F "file=<products.csv"` sends it, to a file.
 * @throws AppError `too_many_files` or `no_file`, which says what to send
 */
export const withTextAsFile = async (body: ReceivedBody, files: TemporaryFiles): Promise<ReceivedBody> => {
  const { file, csv, ...fields } = body.fields;
  const texts = [file, csv].flat().filter((text) => typeof text === 'string' && text.trim() !== '');
  const [text] = texts;
  if (typeof text !== 'string') return { ...body, fields };
  if (body.file !== null || texts.length > 1) throw new AppError('too_many_files');
  if (!/[\r\n]/.test(text.trim())) {
    throw new AppError('no_file', `The file field contains one line of text, not a CSV. ${HOW_TO_SEND} (note the @)`);
  }
  if (text.includes('\uFFFD')) {
    throw new AppError('invalid_request', `The CSV in a text field is not UTF-8. ${HOW_TO_SEND} (with @, not <)`);
  }
  return { file: await files.write(Readable.from([Buffer.from(text)])), fields, fileName: null };
};
