import { z } from 'zod';

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
        code: z.enum(['invisible_characters', 'quotes', 'html_entities', 'column_without_urls']),
        count,
        line: z.int().min(1).meta({ description: 'The first line where it occurs.' }),
        message: z.string(),
      }),
    )
    .meta({ description: 'What was corrected or left alone.' }),
});

export const requestAnswer = z.object({ requestId: z.uuid() });

export const uploadAnswer = requestAnswer.extend({ file: foundFile });
