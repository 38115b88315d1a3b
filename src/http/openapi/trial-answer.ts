import { z } from 'zod';
import { MAX_TRIED } from '../parameters/trial.ts';
import { image } from './answers.ts';
import { previewAnswer } from './file-answer.ts';

export const trialAnswer = z
  .object({
    images: z
      .array(
        image
          .pick({ inputUrl: true, contentType: true, bytesIn: true, bytesOut: true, width: true, height: true })
          .extend({
            notes: image.shape.notes,
            data: z.string().nullable().meta({
              description: 'The output; null if it failed, or has more than 4 MiB.',
              contentEncoding: 'base64',
            }),
            error: image.shape.error,
          }),
      )
      .max(MAX_TRIED)
      .meta({ description: 'In the order of `urls`.' }),
  })
  .meta({ description: 'Images as an upload with these options would compress them.' });

export const anyPreviewAnswer = z.union([previewAnswer, trialAnswer]);
