import type { TableInspection } from '../../csv/inspect.ts';

/** What was found in an uploaded file, for the answer; null if it has no header row. */
export const describeFile = ({ dialect, rows, rowsWithoutImages, urls, notes }: TableInspection) => {
  if (dialect === null) return null;
  const { header, headerLine, columns, delimiter, encoding, sheet } = dialect;
  const nameOf = (index: number | null): string | null => (index === null ? null : (header[index] ?? null));
  return {
    kind: encoding === null ? ('xlsx' as const) : ('csv' as const),
    encoding,
    delimiter: encoding === null ? null : delimiter,
    sheet: sheet ?? null,
    headerLine,
    columns: {
      images: columns.images.map((index) => header[index] ?? ''),
      serialNumber: nameOf(columns.serialNumber),
      productName: nameOf(columns.productName),
    },
    ...{ rows, rowsWithoutImages, images: urls, notes },
  };
};
