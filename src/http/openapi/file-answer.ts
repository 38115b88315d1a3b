import { z } from 'zod';
import { CSV_ERRORS } from '../../errors.ts';

/** Schemas of what was found in an uploaded file. */

const count = z.int().min(0);

export const foundFile = z.object({
  kind: z.enum(['csv', 'xlsx']),
  encoding: z
    .enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'])
    .nullable()
    .meta({ description: 'As detected; null for a workbook.' }),
  delimiter: z.enum([',', ';', '\t', '|']).nullable().meta({ description: 'As detected; null for a workbook.' }),
  sheet: z.string().nullable().meta({ description: 'Name of the sheet; null for a CSV.' }),
  headerLine: z.int().min(1).meta({ description: 'Line of the header row, counted from 1.' }),
  columns: z.object({
    images: z.array(z.string()).meta({ description: 'Names of the image columns.' }),
    serialNumber: z.string().nullable(),
    productName: z.string().nullable(),
  }),
  rows: count,
  rowsWithoutImages: count.meta({ description: 'Rows without an image URL; they come back with an empty cell.' }),
  images: count,
  notes: z
    .array(
      z.object({
        code: z.enum(['invisible_characters', 'quotes', 'html_entities', 'column_without_urls', 'links_not_read']),
        count,
        line: z.int().min(1).meta({ description: 'The first line where it occurs.' }),
        message: z.string(),
      }),
    )
    .meta({ description: 'What was corrected or left alone.' }),
});

export const requestAnswer = z.object({ requestId: z.uuid() });

export const uploadAnswer = requestAnswer.extend({ file: foundFile });

export const csvErrorCode = z.enum(
  Object.keys(CSV_ERRORS) as [keyof typeof CSV_ERRORS, ...(keyof typeof CSV_ERRORS)[]],
);

export const csvError = z.object({
  line: z.int().min(1).meta({ description: 'Physical line of the file, counted from 1.' }),
  column: z.string().nullable().meta({ description: 'Name of the column; null if the error is not in one column.' }),
  code: csvErrorCode,
  message: z.string(),
});

export const csvErrorKinds = z.array(z.object({ code: csvErrorCode, count }));

export const previewAnswer = z
  .object({
    file: foundFile
      .nullable()
      .meta({ description: 'As in the response to the upload; null if no image column was found.' }),
    sheets: z
      .array(z.string())
      .meta({ description: 'Names of the sheets of a workbook, for `sheet`; empty for a CSV.' }),
    header: z.array(z.string()).meta({ description: 'Names of all columns.' }),
    sample: z
      .array(
        z.object({
          line: z.int().min(1),
          cells: z.array(z.string()).max(200).meta({ description: 'Each cut to 200 characters.' }),
          serialNumber: z.string(),
          productName: z.string(),
          images: z
            .array(z.object({ url: z.string(), column: z.string().meta({ description: 'Name of its column.' }) }))
            .max(20),
        }),
      )
      .max(8)
      .meta({ description: 'The first rows.' }),
    errors: z.array(csvError).max(100).meta({ description: 'What an upload would be rejected for.' }),
    errorCount: count.meta({ description: 'Number of all errors, including those not listed.' }),
    errorKinds: csvErrorKinds.meta({ description: 'Number of errors of each kind, the most frequent first.' }),
  })
  .meta({ description: 'What an upload of the file would find.' });
