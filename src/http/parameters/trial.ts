import { z } from 'zod';
import { checkEncoding, encodingFields } from './upload.ts';

/** Fields of a call that tries images before any upload. */

export const MAX_TRIED = 3;
const MESSAGE = `must be 1 to ${MAX_TRIED} image URLs`;

export const trialFields = z
  .strictObject({
    urls: z
      .union([z.string(), z.array(z.string())], MESSAGE)
      .transform((given) => [given].flat().map((url) => url.trim()))
      .pipe(z.array(z.string()).min(1, MESSAGE).max(MAX_TRIED, MESSAGE))
      .meta({ description: `1 to ${MAX_TRIED} image URLs, tried instead of a file.` }),
    ...encodingFields,
  })
  .superRefine(checkEncoding);

export type TrialFields = z.infer<typeof trialFields>;
