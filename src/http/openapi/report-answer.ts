import { z } from 'zod';
import { IMAGE_ERRORS } from '../../errors.ts';
import { codes, count, uuid } from './values.ts';

const outliers = z.object({
  count,
  images: z
    .array(z.object({ id: uuid, row: z.int().min(1), productName: z.string(), bytesIn: count, bytesOut: count }))
    .max(10)
    .meta({ description: 'The largest of them.' }),
});

const savings = z.object({
  bands: z
    .array(
      z.object({
        fromPercent: z.number().nullable().meta({ description: 'Null for those that grew.' }),
        toPercent: z.number(),
        count,
      }),
    )
    .meta({ description: 'Completed images by how many percent they saved.' }),
  grew: outliers,
  keptOriginal: outliers.meta({ description: 'Stored as they were, as they would have grown.' }),
  hardlySaved: outliers.meta({ description: 'Less than 10%.' }),
});

export const report = z.object({
  products: z
    .array(
      z.object({
        row: z
          .int()
          .min(1)
          .optional()
          .meta({ description: 'Data row of the file, counted from 1. Absent in reports of earlier versions.' }),
        ...{ serialNumber: z.string(), productName: z.string() },
        images: count.min(1).meta({ description: 'Completed images; the other numbers are for these.' }),
        ...{ bytesIn: count, bytesOut: count, savedPercent: z.number() },
      }),
    )
    .max(20)
    .meta({ description: 'The rows with the largest savings, largest first.' }),
  productCount: count.meta({ description: 'Rows with images.' }),
  failures: z
    .array(
      z.object({
        code: codes(IMAGE_ERRORS),
        count: z.int().min(1),
        origins: z
          .array(z.object({ origin: z.string().nullable(), count: z.int().min(1) }))
          .max(10)
          .meta({ description: 'Origins of the failed URLs; null if a URL has none.' }),
      }),
    )
    .meta({ description: 'Most frequent first.' }),
  sameBytes: z
    .array(
      z.object({
        count: z.int().min(10).meta({ description: 'Completed images whose sources have the same bytes.' }),
        bytes: count.meta({ description: 'Size of the source.' }),
        exampleUrls: z.array(z.string()).max(3).meta({ description: 'Without credentials, cut at 200 characters.' }),
      }),
    )
    .max(10)
    .optional()
    .meta({
      description:
        'Sources that are the same under at least 10 different URLs, most frequent first; often a placeholder such as “no image available”. Absent in reports of earlier versions.',
    }),
  savings: savings
    .optional()
    .meta({ description: 'How much the images saved, and which stand out. Absent in reports of earlier versions.' }),
});
