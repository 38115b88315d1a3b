import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, type Zippable, zipSync } from 'fflate';
import type { CsvLimits, Table, TableItem, TableNote } from '../../src/csv/table.ts';
import { openWorkbook, type WorkbookOptions } from '../../src/xlsx/open-workbook.ts';
import { waitFor } from '../support/wait-for.ts';

export const LIMITS: CsvLimits = { maxRows: 200_000, maxUrls: 200_000, maxRowBytes: 1024 * 1024, maxColumns: 1_000 };

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

export interface HandMade {
  /** The XML within `<worksheet>`, by sheet name; a name in brackets is hidden. */
  readonly sheets: Readonly<Record<string, string>>;
  /** `<si>` elements. */
  readonly strings?: string;
  /** External targets of the first sheet's links, as rId1 and so on. */
  readonly links?: readonly string[];
  readonly styles?: string;
  readonly workbookPr?: string;
  readonly more?: Zippable;
}

const relationships = (entries: readonly (readonly [type: string, target: string, external?: boolean])[]): Uint8Array =>
  strToU8(
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${entries
      .map(
        ([type, target, external], at) =>
          `<Relationship Id="rId${at + 1}" Type="${OFFICE}/${type}" Target="${target}"${external ? ' TargetMode="External"' : ''}/>`,
      )
      .join('')}</Relationships>`,
  );

/** A workbook by hand, with what no library writes. */
export const handMade = ({ sheets, strings, links, styles, workbookPr = '', more = {} }: HandMade): Uint8Array => {
  const names = Object.keys(sheets);
  const list = names.map((name, at) => {
    const state = name.startsWith('[') ? ' state="hidden"' : '';
    return `<sheet name="${name.replace(/[[\]]/g, '')}" sheetId="${at + 1}"${state} r:id="rId${at + 1}"/>`;
  });
  const parts: Zippable = {
    '[Content_Types].xml': strToU8('<Types/>'),
    '_rels/.rels': relationships([['officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': strToU8(
      `<?xml version="1.0"?><workbook ${MAIN} xmlns:r="${OFFICE}">${workbookPr}<sheets>${list.join('')}</sheets></workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': relationships([
      ...names.map((_, at) => ['worksheet', `worksheets/sheet${at + 1}.xml`] as const),
      ...(strings === undefined ? [] : [['sharedStrings', '/xl/sharedStrings.xml'] as const]),
      ...(styles === undefined ? [] : [['styles', 'styles.xml'] as const]),
    ]),
  };
  for (const [at, name] of names.entries()) {
    const xml = `<worksheet ${MAIN} xmlns:r="${OFFICE}">${sheets[name]}</worksheet>`;
    parts[`xl/worksheets/sheet${at + 1}.xml`] = strToU8(xml);
  }
  if (strings !== undefined) parts['xl/sharedStrings.xml'] = strToU8(`<sst ${MAIN}>${strings}</sst>`);
  if (styles !== undefined) parts['xl/styles.xml'] = strToU8(`<styleSheet ${MAIN}>${styles}</styleSheet>`);
  if (links !== undefined) {
    parts['xl/worksheets/_rels/sheet1.xml.rels'] = relationships(links.map((to) => ['hyperlink', to, true] as const));
  }
  return zipSync({ ...parts, ...more });
};

/** Rows of inline texts. */
export const textRows = (rows: readonly (readonly string[])[]): string =>
  rows
    .map((cells) => `<row>${cells.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join('')}</row>`)
    .join('');

export interface ReadTable {
  readonly sheet: string | undefined;
  readonly notes: readonly TableNote[];
  readonly header: readonly string[];
  readonly preamble: readonly (readonly string[])[];
  readonly cells: readonly (readonly string[])[];
  readonly lines: readonly number[];
  readonly urls: readonly (readonly string[])[];
  readonly errors: readonly { readonly line: number; readonly code: string; readonly message: string }[];
}

/** The targets of all handles of this process. */
const openFiles = async (): Promise<string[]> => {
  const handles = await readdir('/proc/self/fd');
  return Promise.all(handles.map((handle) => readlink(`/proc/self/fd/${handle}`).catch(() => '')));
};

/** Passes the path of a file with these bytes, which is deleted afterwards; no handle of it may be left open. */
export const withFile = async <T>(bytes: Uint8Array, use: (path: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'xlsx-'));
  try {
    const path = join(folder, 'upload');
    await writeFile(path, bytes);
    const result = await use(path);
    // A handle is closed without waiting for it.
    if (process.platform === 'linux') await waitFor(async () => !(await openFiles()).includes(path));
    return result;
  } finally {
    await rm(folder, { recursive: true });
  }
};

export const readTable = async (table: Table): Promise<ReadTable> => {
  const items: TableItem[] = [];
  for await (const item of table.items()) items.push(item);
  const dialect = items.flatMap((item) => (item.kind === 'header' ? [item.dialect] : []))[0];
  const rows = items.flatMap((item) => (item.kind === 'row' ? [item.row] : []));
  return {
    sheet: dialect?.sheet,
    notes: dialect?.notes ?? [],
    header: dialect?.header ?? [],
    preamble: dialect?.preamble ?? [],
    cells: rows.map(({ cells }) => cells),
    lines: rows.map(({ line }) => line),
    urls: rows.map(({ images }) => images.map(({ url }) => url)),
    errors: [
      ...items.flatMap((item) => (item.kind === 'error' ? [item.error] : [])),
      ...rows.flatMap(({ errors }) => errors),
    ],
  };
};

export const read = (bytes: Uint8Array, options: WorkbookOptions = {}, limits = LIMITS): Promise<ReadTable> =>
  withFile(bytes, async (path) => readTable(await openWorkbook(path, limits, options)));
