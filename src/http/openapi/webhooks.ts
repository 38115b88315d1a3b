import { z } from 'zod';
import { statusAnswer } from './answers.ts';
import { type Json, schemaRef } from './parts.ts';
import { RECORDED } from './recorded.ts';
import { moment } from './values.ts';

/** What the service sends to the `webhookUrl` of an upload. A test checks that what is sent matches. */

const { requestId, name, label, metadata, status, progress, bytes } = statusAnswer.shape;

const url = z.string().meta({ format: 'uri' });

export const completionEvent = z
  .object({
    type: z.literal('request.completed'),
    timestamp: moment.meta({ description: 'When the request finished.' }),
    data: z.object({ requestId, name, label, metadata, status, progress, bytes, statusUrl: url, outputUrl: url }),
  })
  .meta({ description: 'A run of a request has finished, whatever came of it.' });

const header = (named: string, description: string, required: boolean): Json => ({
  ...{ name: named, in: 'header', required, description, schema: { type: 'string' } },
});

const example = (): Json => {
  const { finishedAt, webhook: _webhook, ...recorded } = RECORDED.status;
  const link = (call: string) => `http://localhost:3000/api/${call}/${recorded.requestId}`;
  return {
    type: 'request.completed',
    timestamp: finishedAt,
    data: {
      ...{ requestId: recorded.requestId, name: recorded.name, label: null, metadata: {} },
      ...{ status: recorded.status },
      ...{ progress: recorded.progress, bytes: recorded.bytes },
      ...{ statusUrl: link('status'), outputUrl: link('output') },
    },
  };
};

/** Every event, by its type. */
export const WEBHOOKS: Json = {
  'request.completed': {
    post: {
      operationId: 'requestCompleted',
      tags: ['Webhooks'],
      summary: 'A request has finished',
      description:
        'Sent to the `webhookUrl` of the upload when its last image is finished, by the rules of Standard Webhooks 1.0. It is ' +
        'repeated until the receiver accepts it, for about three days.',
      security: [],
      parameters: [
        header('webhook-id', 'The same for every attempt: with it, repeats can be recognized.', true),
        header('webhook-timestamp', 'Seconds since the epoch, of this attempt.', true),
        header(
          'webhook-signature',
          '`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64, if there is a `webhookSecret` or `WEBHOOK_SECRET`.',
          false,
        ),
      ],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaRef('CompletionEvent'), example: example() } },
      },
      responses: {
        '2XX': { description: 'Accepted. Anything else is a failed attempt; redirects are not followed.' },
        410: { description: 'Accepts no more of these: there is no further attempt.' },
      },
    },
  },
};
