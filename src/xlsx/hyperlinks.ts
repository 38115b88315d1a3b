import type { Archive } from './archive.ts';
import { columnOf, rowOf } from './cell-text.ts';
import { readRelationships } from './workbook-parts.ts';
import { localName, readXml } from './xml.ts';

export interface Hyperlinks {
  /** The target of a cell's link; undefined if it has none. */
  readonly at: (row: number, column: number) => string | undefined;
  /** Links over more cells than are read. */
  readonly unread: number;
}

export const NO_LINKS: Hyperlinks = { at: () => undefined, unread: 0 };

/**
 * Excel allows 65,530 links in a sheet; a link over a range counts for each of its cells, also for those that have one
 * already: many ranges over the same cells would otherwise be work without an end.
 */
const MAX_CELLS = 200_000;
const MAX_COLUMNS = 16_384;
const MAX_TARGET = 8_192;

/**
 * Reads the http(s) links of a sheet's cells. They follow its rows, so this takes a pass of its own; a sheet without
 * links is not read.
 * @throws WorkbookError
 */
export const readHyperlinks = async (archive: Archive, part: string): Promise<Hyperlinks> => {
  const targets = new Map<string, string>();
  for (const [id, { type, target, external }] of await readRelationships(archive, part)) {
    if (type !== 'hyperlink' || !external || target.length > MAX_TARGET || !/^https?:\/\//i.test(target)) continue;
    targets.set(id, target);
  }
  if (targets.size === 0) return NO_LINKS;
  const links = new Map<number, string>();
  let cells = 0;
  let unread = 0;
  await readXml(archive.read(part), {
    open: (name, attributes) => {
      if (name !== 'hyperlink') return;
      const id = Object.keys(attributes).find((each) => each.includes(':') && localName(each) === 'id') ?? '';
      const target = targets.get(attributes[id] ?? '');
      if (target === undefined) return;
      for (const cell of cellsOf(attributes.ref ?? '')) {
        if (cells === MAX_CELLS) {
          unread += 1;
          return;
        }
        cells += 1;
        links.set(cell, target);
      }
    },
    close: () => {},
  });
  return { at: (row, column) => links.get(keyOf(row, column)), unread };
};

const keyOf = (row: number, column: number): number => row * MAX_COLUMNS + column;

/** The cells of a reference such as `C5` or `C5:C9`. */
function* cellsOf(reference: string): Generator<number> {
  const [from = '', to = from] = reference.split(':');
  const [top, left, bottom, right] = [rowOf(from), columnOf(from), rowOf(to), columnOf(to)];
  if (top === null || left === null || bottom === null || right === null) return;
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) yield keyOf(row, column);
  }
}
