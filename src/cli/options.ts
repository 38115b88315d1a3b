import { basename, dirname, extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { OUTPUT_FORMAT_LIST } from '../output-formats.ts';
import { trimEnd } from '../trim.ts';

/** Thrown for a command line that cannot be run; its message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `Downloads and compresses every image of a CSV, without a server to run.

  npx . compress products.csv [options]

The CSV has a header row with a serial number, a product name and image URLs.
What comes out is the same CSV with the places of the outputs, and a folder of images.
An interrupted run goes on where it was when the same command is given again;
a finished one tries again what had failed.

Options
  -q, --quality 1-100        quality of the outputs (default 50)
  -f, --format FORMAT        ${OUTPUT_FORMAT_LIST} (default jpeg)
      --mozjpeg              smaller JPEGs, several times slower
      --progressive          JPEGs that show up coarse first
  -o, --out FILE             the output CSV (default: <name>-output.csv beside the input)
  -i, --images DIR           the folder for the images (default: beside the output CSV, named after it)
      --on-invalid-row WHAT  reject the file (default), or skip what is invalid in it
      --allow-private CIDRS  networks that image URLs may reach although they are not public,
                             comma-separated, for example 127.0.0.0/8
      --fresh                begin anew, whatever an earlier run has done
      --quiet                no progress, only the summary
      --server URL           let a running service do the work instead; the CSV then has its URLs
      --api-key KEY          for that service (default: the environment variable API_KEY)
  -h, --help                 this text
  -v, --version              the version

Exit code: 0 all images are there, 1 some failed, 2 the command or the CSV has a fault,
3 the work could not be done or a file not be stored, 130 interrupted.
`;

export interface CompressOptions {
  /** Absolute paths. */
  readonly input: string;
  readonly out: string;
  readonly images: string;
  /** Fields of the upload, as they are sent; the service checks them. */
  readonly fields: Readonly<Record<string, string>>;
  /** Comma-separated CIDRs, or null: as the environment says. */
  readonly allowPrivate: string | null;
  readonly fresh: boolean;
  readonly quiet: boolean;
  /** Without a slash at its end; null: this process does the work. */
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
      out: { type: 'string', short: 'o' },
      images: { type: 'string', short: 'i' },
      'on-invalid-row': { type: 'string' },
      'allow-private': { type: 'string' },
      fresh: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
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

const withoutEnding = (file: string): string => join(dirname(file), basename(file, extname(file)));

/**
 * Reads a command line.
 * @param args what follows the program's name
 * @throws UsageError with the fault and what is right
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
  if (command !== 'compress') throw new UsageError(`"${command}" is no command; the one there is is "compress"`);
  if (file === undefined) throw new UsageError('Name the CSV: compress products.csv');
  if (more.length > 0) throw new UsageError(`One CSV at a time; what is "${more[0]}"?`);
  if (values.server !== undefined && values['allow-private'] !== undefined) {
    throw new UsageError('--allow-private is set on the service itself (ALLOW_PRIVATE_NETWORKS), not with --server');
  }

  const input = resolve(directory, file);
  const out = values.out === undefined ? `${withoutEnding(input)}-output.csv` : resolve(directory, values.out);
  if (out === input) throw new UsageError('--out names the input itself; choose another file');
  const fields = {
    ...(values.quality === undefined ? {} : { quality: values.quality }),
    ...(values.format === undefined ? {} : { format: values.format }),
    ...(values.mozjpeg === true ? { mozjpeg: 'true' } : {}),
    ...(values.progressive === true ? { progressive: 'true' } : {}),
    ...(values['on-invalid-row'] === undefined ? {} : { onInvalidRow: values['on-invalid-row'] }),
  };
  return {
    kind: 'compress',
    options: {
      input,
      out,
      images: values.images === undefined ? `${withoutEnding(out)}-images` : resolve(directory, values.images),
      fields,
      allowPrivate: values['allow-private'] ?? null,
      fresh: values.fresh,
      quiet: values.quiet,
      server: values.server === undefined ? null : serverUrl(values.server),
      apiKey: values['api-key'] ?? env.API_KEY ?? null,
    },
  };
};
