import type { TableChoice } from '../../csv/columns.ts';
import type { CsvLimits } from '../../csv/table.ts';
import type { Api } from '../api.ts';
import { choiceFields } from './choice.ts';
import { type Found, foundByServer, foundHere } from './found.ts';
import { inspectFile } from './inspect.ts';

/** A table that was chosen, dropped or pasted, the sample, or a link to one. */
export type Source = { readonly name: string } & ({ readonly file: Blob } | { readonly link: string });

export type InspectSource = (mode: 'reject' | 'skip', choice: TableChoice) => Promise<Found>;

/** ZIP (XLSX) and gzip, which the page leaves to the server. */
const PACKED: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x1f, 0x8b],
];

const isPacked = async (file: Blob): Promise<boolean> => {
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return PACKED.some((bytes) => bytes.every((byte, at) => head[at] === byte));
};

/** The name of a file at a URL, as far as the URL tells it. */
export const linkName = (link: string): string => {
  try {
    const { hostname, pathname } = new URL(link);
    if (hostname === 'docs.google.com') return 'Google Sheet';
    const name = decodeURIComponent(pathname.split('/').at(-1) ?? '');
    return name.includes('.') ? name : hostname;
  } catch {
    return link;
  }
};

/** Adds what is uploaded, and what was chosen for it. */
export const addSource = (form: FormData, source: Source, choice: TableChoice): void => {
  for (const [name, value] of choiceFields(choice)) form.set(name, value);
  if (choice.sheet !== undefined) form.set('sheet', choice.sheet);
  if ('link' in source) form.set('fileUrl', source.link);
  else form.set('file', source.file, source.name);
};

/** A CSV is read here, so that it is not sent before its upload; the server reads workbooks and links. */
export const sourceInspector = async (source: Source, api: Api, limits: CsvLimits): Promise<InspectSource> => {
  if ('file' in source && !(await isPacked(source.file))) {
    return async (mode, choice) => withoutBuckets(foundHere(await inspectFile(source.file, limits, mode, choice)));
  }
  return async (mode, choice) => {
    const form = new FormData();
    form.set('onInvalidRow', mode);
    addSource(form, source, choice);
    return foundByServer(await api.preview(form), choice);
  };
};

/** Only the server knows which buckets `s3://` URLs may use. */
const withoutBuckets = (found: Found): Found => {
  const errors = found.errors.filter(({ code }) => code !== 'csv_bucket_not_allowed');
  return { ...found, errors, errorCount: found.errorCount - (found.errors.length - errors.length) };
};
