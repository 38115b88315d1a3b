import { posix } from 'node:path';
import type { Archive } from './archive.ts';
import { damaged, WorkbookError } from './workbook-error.ts';
import { localName, readXml } from './xml.ts';

export interface SheetPart {
  readonly name: string;
  readonly hidden: boolean;
  /** Name of the part. */
  readonly part: string;
}

export interface WorkbookParts {
  /** In the workbook's order; sheets with a chart only are left out. */
  readonly sheets: readonly SheetPart[];
  readonly sharedStrings: string | null;
  readonly styles: string | null;
  /** Dates count from 1904 instead of 1900. */
  readonly from1904: boolean;
}

export interface Relationship {
  /** The last part of the type's URI, which is the same in both variants of the format. */
  readonly type: string;
  /** Name of the part, or a URI if it is external. */
  readonly target: string;
  readonly external: boolean;
}

const MAX_RELATIONSHIPS = 200_000;
const MAX_SHEETS = 10_000;

/** The part that lists what a part refers to. */
export const relationshipsOf = (part: string): string =>
  posix.join(posix.dirname(part), '_rels', `${posix.basename(part)}.rels`);

/**
 * Reads what a part refers to, by id; empty if it refers to nothing.
 * @throws WorkbookError
 */
export const readRelationships = async (archive: Archive, part: string): Promise<ReadonlyMap<string, Relationship>> => {
  const found = new Map<string, Relationship>();
  const name = relationshipsOf(part);
  if (!archive.has(name)) return found;
  await readXml(archive.read(name), {
    open: (element, { Id, Type, Target, TargetMode }) => {
      if (element !== 'Relationship' || Id === undefined || Target === undefined) return;
      if (found.size === MAX_RELATIONSHIPS) {
        throw new WorkbookError(`The sheet has more than ${MAX_RELATIONSHIPS} links. Split it into several files.`);
      }
      const external = TargetMode === 'External';
      const target = external ? Target : posix.join('/', posix.dirname(part), Target).slice(1);
      const inside = external || !Target.startsWith('/') ? target : Target.slice(1);
      found.set(Id, { type: posix.basename(Type ?? ''), target: inside, external });
    },
    close: () => {},
  });
  return found;
};

/**
 * Reads the list of sheets.
 * @throws WorkbookError if this is not a workbook
 */
export const readWorkbookParts = async (archive: Archive): Promise<WorkbookParts> => {
  const root = [...(await readRelationships(archive, '')).values()].find(({ type }) => type === 'officeDocument');
  const workbook = root?.target ?? 'xl/workbook.xml';
  assertWorkbook(archive, workbook);
  const relationships = await readRelationships(archive, workbook);
  const partOf = (type: string): string | null =>
    [...relationships.values()].find((each) => each.type === type && archive.has(each.target))?.target ?? null;
  const sheets: SheetPart[] = [];
  let from1904 = false;
  await readXml(archive.read(workbook), {
    open: (element, attributes) => {
      if (element === 'workbookPr') from1904 = ['1', 'true'].includes(attributes.date1904 ?? '');
      if (element !== 'sheet') return;
      const id = Object.keys(attributes).find((name) => name.includes(':') && localName(name) === 'id') ?? '';
      const relationship = relationships.get(attributes[id] ?? '');
      if (relationship?.type !== 'worksheet') return;
      if (sheets.length === MAX_SHEETS) throw new WorkbookError(`The workbook has more than ${MAX_SHEETS} sheets.`);
      const { name = '', state = 'visible' } = attributes;
      sheets.push({ name, hidden: state !== 'visible', part: relationship.target });
    },
    close: () => {},
  });
  if (sheets.length === 0) throw damaged('it has no sheet');
  return { sheets, sharedStrings: partOf('sharedStrings'), styles: partOf('styles'), from1904 };
};

const SAVE_AS = 'save it as .xlsx or as CSV UTF-8, then upload that file.';

const assertWorkbook = (archive: Archive, workbook: string): void => {
  if (/\.bin$/i.test(workbook)) {
    throw new WorkbookError(`The file is a binary workbook (.xlsb). In Excel, ${SAVE_AS}`);
  }
  if (archive.has('content.xml') && archive.has('mimetype')) {
    throw new WorkbookError(`The file is an OpenDocument file (.ods). In its program, ${SAVE_AS}`);
  }
  if (archive.has('Index/Document.iwa') || archive.has('Index.zip')) {
    throw new WorkbookError(
      'The file is from Apple Numbers. Export it as Excel (.xlsx) or CSV, then upload that file.',
    );
  }
  if (!archive.has(workbook) || !archive.has('[Content_Types].xml') || !/(?:^|\/)workbook[^/]*\.xml$/i.test(workbook)) {
    const message = 'The file is a ZIP archive or another Office document, not an Excel workbook (.xlsx).';
    throw new WorkbookError(`${message} Upload the .xlsx or CSV file itself.`);
  }
};
