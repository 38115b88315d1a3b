import { z } from 'zod';
import { uploadFields } from './upload.ts';

/** Fields of a call that tries images before any upload. */

export const MAX_TRIED = 3;
const MESSAGE = `must be 1 to ${MAX_TRIED} image URLs`;

/** The fields of an upload, of which those that are not about an image have no effect, and the URLs to try. */
export const trialFields = (isWebhookSecret: (text: string) => boolean) =>
  uploadFields(isWebhookSecret)
    .safeExtend({
      urls: z
        .union([z.string(), z.array(z.string())], MESSAGE)
        .transform((given) => [given].flat().map((url) => url.trim()))
        .pipe(
          z
            .array(z.string().meta({ pattern: '\\S' }))
            .min(1, MESSAGE)
            .max(MAX_TRIED, MESSAGE),
        )
        .meta({ description: `1 to ${MAX_TRIED} image URLs, tried instead of a file.` }),
    })
    .superRefine(({ fileUrl }, context) => {
      if (fileUrl === undefined) return;
      context.addIssue({
        code: 'custom',
        path: ['fileUrl'],
        message: 'cannot be combined with urls; send one of the two',
      });
    });

export type TrialFields = z.infer<ReturnType<typeof trialFields>>;
