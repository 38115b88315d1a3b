import { basename, dirname, extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseHttpUrl } from '../network/url.ts';
import { MAX_PATTERN_CHARACTERS, namePatternError } from '../results/archive-names.ts';
import { trimEnd } from '../trim.ts';

/** An invalid command line; the message is shown to the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface CompressOptions {
  /** Absolute path of the file; null if the field `fileUrl` has its link. */
  readonly input: string | null;
  /** Absolute paths. */
  readonly out: string;
  /** Rows with failed images. */
  readonly errors: string;
  readonly images: string;
  /** Upload fields; validated by the service. */
  readonly fields: Readonly<Record<string, string>>;
  /** Comma-separated CIDRs; null uses the environment. */
  readonly allowPrivate: string | null;
  readonly fresh: boolean;
  readonly quiet: boolean;
  /** The input is what comes in on stdin, until it has been saved as a file. */
  readonly stdin: boolean;
  /** Images in flight at once; null uses the environment. */
  readonly concurrency: number | null;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  /** Objects, one a line, in place of text. */
  readonly json: boolean;
  /** A valid pattern for the names of the images; null: their ids. */
  readonly names: string | null;
  /** Without a trailing slash; null runs the service in this process. */
  readonly server: string | null;
  readonly apiKey: string | null;
}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'compress'; readonly options: CompressOptions };

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quality: { type: 'string', short: 'q' },
      format: { type: 'string', short: 'f' },
      mozjpeg: { type: 'boolean' },
      progressive: { type: 'boolean' },
      'max-width': { type: 'string' },
      'max-height': { type: 'string' },
      outputs: { type: 'string' },
      background: { type: 'string' },
      metadata: { type: 'string' },
      out: { type: 'string', short: 'o' },
      images: { type: 'string', short: 'i' },
      'image-column': { type: 'string', multiple: true },
      sheet: { type: 'string' },
      'name-column': { type: 'string' },
      'serial-column': { type: 'string' },
      output: { type: 'string' },
      formulas: { type: 'string' },
      bom: { type: 'boolean' },
      'on-invalid-row': { type: 'string' },
      'allow-private': { type: 'string' },
      fresh: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      concurrency: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      names: { type: 'string' },
      server: { type: 'string' },
      'api-key': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', short: 'v', default: false },
    },
  });

const parsed = (args: readonly string[]) => {
  try {
    return parse(args);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

const serverUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new UsageError(`--server must be an http(s) URL, for example http://localhost:3000, not "${text}"`);
  }
  return trimEnd(text, '/');
};

const namesOf = (pattern: string): string => {
  const error =
    pattern.length > MAX_PATTERN_CHARACTERS
      ? `is longer than ${MAX_PATTERN_CHARACTERS} characters`
      : namePatternError(pattern);
  if (error !== null) throw new UsageError(`--names "${pattern}" ${error}; for example: --names "{serial}-{n}"`);
  return pattern;
};

const MAX_CONCURRENCY = 256;

const concurrencyOf = (text: string): number => {
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_CONCURRENCY) return Number(text);
  throw new UsageError(`--concurrency must be a whole number from 1 to ${MAX_CONCURRENCY}, not "${text}"`);
};

/** `a.csv.gz` is `a`. */
const withoutExtension = (file: string): string => {
  const name = basename(file).replace(/\.gz$/i, '');
  return join(dirname(file), basename(name, extname(name)));
};

const WORKBOOK = /\.xls[xm]$/i;
const TABLE = /\.(?:csv|tsv|tab|txt|xls[xm])(?:\.gz)?$/i;

/** Whether the output is saved as a workbook, by its name. */
export const isWorkbookName = (file: string): boolean => /\.xlsx$/i.test(file);

/** The link in place of a file; undefined if it is a path. */
const linkOf = (text: string): string | undefined => {
  if (!/^[a-z][a-z\d+.-]+:\/\//i.test(text)) return undefined;
  if (parseHttpUrl(text) === null) {
    throw new UsageError(
      `"${text}" is not an http(s) link, such as https://shop.example/products.csv; download the file and give its path`,
    );
  }
  return text;
};

/** The file's name at the end of a link if it looks like one, otherwise the host, without what a path must not have. */
const nameOfLink = (link: string): string => {
  const { pathname, hostname } = new URL(link);
  const last = pathname.slice(pathname.lastIndexOf('/') + 1).replace(/[^\w.-]/g, '-');
  return TABLE.test(last) && !last.startsWith('.') ? last : `${hostname.replace(/[^\w.-]/g, '-')}.csv`;
};

const defaultOut = (input: string): string =>
  `${withoutExtension(input)}-output${WORKBOOK.test(input.replace(/\.gz$/i, '')) ? '.xlsx' : '.csv'}`;

/** `a-output.csv` has its failed rows in `a-errors.csv`. */
const errorsOf = (out: string): string => `${withoutExtension(out).replace(/-output$/, '')}-errors.csv`;

/** Only what was given: a run is identified by its fields, so a default would change it. */
const fieldsOf = (values: ReturnType<typeof parse>['values'], fileUrl: string | undefined): Record<string, string> => {
  const comma = values['image-column']?.find((name) => name.includes(','));
  if (comma !== undefined) {
    throw new UsageError(`--image-column "${comma}" contains a comma; give the column's position instead, as in "#3"`);
  }
  if (values.metadata !== undefined && !['none', 'rights'].includes(values.metadata)) {
    throw new UsageError(`--metadata must be none or rights, not "${values.metadata}"`);
  }
  const given = {
    fileUrl,
    quality: values.quality,
    format: values.format,
    mozjpeg: values.mozjpeg === true ? 'true' : undefined,
    progressive: values.progressive === true ? 'true' : undefined,
    maxWidth: values['max-width'],
    maxHeight: values['max-height'],
    outputs: values.outputs,
    background: values.background,
    metadata: values.metadata,
    imageColumns: values['image-column']?.join(','),
    sheet: values.sheet,
    nameColumn: values['name-column'],
    serialColumn: values['serial-column'],
    output: values.output,
    formulas: values.formulas,
    bom: values.bom === true ? 'true' : undefined,
    onInvalidRow: values['on-invalid-row'],
  };
  return Object.fromEntries(Object.entries(given).filter((field): field is [string, string] => field[1] !== undefined));
};

/**
 * Parses a command line.
 * @param args the arguments after the program's name
 * @throws UsageError with the error and the fix
 */
export const readCommand = (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): Command => {
  const { values, positionals } = parsed(args);
  const [command, file, ...more] = positionals;
  if (values.help || command === 'help' || args.length === 0) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  if (command !== 'compress') throw new UsageError(`Unknown command "${command}"; the only command is "compress"`);
  if (file === undefined) throw new UsageError('No file given; for example: compress products.csv');
  if (more.length > 0) throw new UsageError(`Only one file at a time; unexpected argument "${more[0]}"`);
  if (values.server !== undefined && values['allow-private'] !== undefined) {
    throw new UsageError('--allow-private cannot be combined with --server; set ALLOW_PRIVATE_NETWORKS on the service');
  }

  if (values.server !== undefined && values.concurrency !== undefined) {
    throw new UsageError(
      '--concurrency cannot be combined with --server; set WORKER_THREADS and TASKS_PER_THREAD on the service',
    );
  }

  if (values.server !== undefined && values['dry-run']) {
    throw new UsageError('--dry-run cannot be combined with --server; it looks at the images from this machine');
  }

  const stdin = file === '-';
  const link = linkOf(file);
  const input = link === undefined ? resolve(directory, stdin ? 'stdin.csv' : file) : null;
  const out = resolve(directory, values.out ?? defaultOut(input ?? nameOfLink(file)));
  const errors = errorsOf(out);
  if (out === input && !stdin) throw new UsageError('--out is the input file; choose another file');
  if (errors === input && !stdin)
    throw new UsageError('The failed rows of --out would replace the input file; choose another --out');
  return {
    kind: 'compress',
    options: {
      input,
      out,
      errors,
      images: values.images === undefined ? `${withoutExtension(out)}-images` : resolve(directory, values.images),
      fields: fieldsOf(values, link),
      allowPrivate: values['allow-private'] ?? null,
      fresh: values.fresh,
      quiet: values.quiet,
      dryRun: values['dry-run'],
      json: values.json,
      names: values.names === undefined ? null : namesOf(values.names),
      stdin,
      concurrency: values.concurrency === undefined ? null : concurrencyOf(values.concurrency),
      server: values.server === undefined ? null : serverUrl(values.server),
      apiKey: values['api-key'] ?? env.API_KEY ?? null,
    },
  };
};
