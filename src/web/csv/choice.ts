import { type ColumnChoice, type Columns, columnAt, NO_COLUMN } from '../../csv/columns.ts';

/** Columns in a form: at first without an image column if none was found. */
export type Mapping = Columns;

/**
 * A name by which the API finds exactly this column: its position where the name is blank, repeated or has a comma. `#01`
 * is the position where a column is named `#1`.
 */
const chosenBy = (header: readonly string[], index: number): string => {
  const name = (header[index] ?? '').trim();
  const position = String(index + 1);
  const names = [name, ...[0, 1, 2].map((zeros) => `#${'0'.repeat(zeros)}${position}`)];
  const unique = names.find((each) => each !== '' && !each.includes(',') && columnAt(header, each) === index);
  return unique ?? `#${position}`;
};

/** How people recognize a column; several may have the same name, or none. */
export const columnLabel = (header: readonly string[], index: number): string => {
  const name = (header[index] ?? '').trim();
  if (name === '') return `Column ${index + 1} (no name)`;
  const repeated = header.some((other, at) => at !== index && other.trim() === name);
  return repeated ? `${name} (column ${index + 1})` : name;
};

const sameColumns = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((index, at) => index === other[at]);

/** The choice that turns the columns found into the chosen ones; empty if they are the same. */
export const choiceOf = (header: readonly string[], found: Mapping, chosen: Mapping): ColumnChoice => {
  const optional = (index: number | null): string => (index === null ? NO_COLUMN : chosenBy(header, index));
  return {
    ...(sameColumns(found.images, chosen.images)
      ? {}
      : { imageColumns: chosen.images.map((index) => chosenBy(header, index)) }),
    ...(found.productName === chosen.productName ? {} : { nameColumn: optional(chosen.productName) }),
    ...(found.serialNumber === chosen.serialNumber ? {} : { serialColumn: optional(chosen.serialNumber) }),
  };
};

/** The choice as fields of an upload. */
export const choiceFields = ({ imageColumns, nameColumn, serialColumn }: ColumnChoice): [string, string][] => [
  ...(imageColumns === undefined ? [] : [['imageColumns', imageColumns.join(',')] as [string, string]]),
  ...(nameColumn === undefined ? [] : [['nameColumn', nameColumn] as [string, string]]),
  ...(serialColumn === undefined ? [] : [['serialColumn', serialColumn] as [string, string]]),
];

/**
 * The columns of a server's answer, which has their names: a repeated name means its columns in their order, unless they
 * were chosen.
 */
export const columnsByName = (
  header: readonly string[],
  names: {
    readonly images: readonly string[];
    readonly serialNumber: string | null;
    readonly productName: string | null;
  },
  choice: ColumnChoice,
): Columns => {
  const at = (name: string): number | null => columnAt(header, name);
  let next = 0;
  const inOrder = names.images.map((name) => {
    const index = header.indexOf(name, next);
    next = index + 1;
    return index;
  });
  const chosenImages = choice.imageColumns?.map(at).filter((index) => index !== null);
  const optional = (chosen: string | undefined, name: string | null): number | null =>
    name === null ? null : at(chosen ?? name);
  return {
    images: chosenImages?.sort((a, b) => a - b) ?? inOrder.filter((index) => index >= 0),
    serialNumber: optional(choice.serialColumn, names.serialNumber),
    productName: optional(choice.nameColumn, names.productName),
  };
};
