import { z } from 'zod';
import { MAX_URL_CHARACTERS } from '../../csv/urls.ts';
import { MAX_CORRECTIONS } from '../../requests/retries/correction.ts';

const NUMBER = `must be a list of 1 to ${MAX_CORRECTIONS} corrections`;
const URL_LENGTH = `must be text of 1 to ${MAX_URL_CHARACTERS} characters`;

/** The body of `POST /api/retry/:requestId`. Whether a URL could be downloaded is checked with the images. */
export const retryFields = z.strictObject({
  corrections: z
    .array(
      z.strictObject(
        {
          imageId: z.uuid('must be the id of an image').meta({
            description: 'The `id` of an image in the status.',
            examples: ['41d19811-18ce-467d-82aa-f403a7a2a624'],
          }),
          url: z
            .string(URL_LENGTH)
            .min(1, URL_LENGTH)
            .max(MAX_URL_CHARACTERS, URL_LENGTH)
            .meta({
              description: 'Its URL from now on, by the rules of the upload.',
              format: 'uri',
              examples: ['https://shop.example/images/mug.jpg'],
            }),
        },
        'must be an object with imageId and url',
      ),
      NUMBER,
    )
    .min(1, NUMBER)
    .max(MAX_CORRECTIONS, NUMBER)
    .optional()
    .meta({ description: 'Other URLs of failed or cancelled images; then only these are retried.' }),
});
