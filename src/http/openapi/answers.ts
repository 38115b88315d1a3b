import { z } from 'zod';
import { CSV_ERRORS, IMAGE_ERRORS, REQUEST_ERRORS } from '../../errors.ts';
import { OUTPUT_FORMAT_NAMES, OUTPUT_FORMATS } from '../../output-formats.ts';

/**
 * What the service answers, as schemas. A test holds real answers of a running service against them, with nothing more
 * and nothing less in them.
 */

const codes = <Code extends string>(catalogue: Readonly<Record<Code, unknown>>) =>
  z.enum(Object.keys(catalogue) as [Code, ...Code[]]);

const uuid = z.uuid();
const count = z.int().min(0);
const moment = z.string().meta({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });

export const uploadAnswer = z.object({ requestId: uuid });

const csvFault = z.object({
  line: z.int().min(1).meta({ description: 'Physical line of the file, from 1.' }),
  column: z.string().nullable().meta({ description: 'Name of the column; null where no one column is meant.' }),
  code: codes(CSV_ERRORS),
  message: z.string(),
});
const fieldFault = z.object({ field: z.string(), message: z.string() });

export const problem = z
  .object({
    type: z.string().meta({ format: 'uri', examples: ['urn:bulk-image-processor:problem:request_not_found'] }),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: codes(REQUEST_ERRORS),
    detail: z.string().meta({ description: 'For people: what is wrong and what to do.' }),
    instance: z
      .string()
      .regex(/^urn:uuid:/)
      .meta({ description: 'The id under which the log has more; also in `X-Request-Id`.' }),
    errors: z
      .array(z.union([csvFault, fieldFault]))
      .optional()
      .meta({ description: 'With `csv_invalid` up to 100 faults of the CSV, with `invalid_field` the fields.' }),
    errorCount: count.optional().meta({ description: 'With `csv_invalid`: all faults, those not listed included.' }),
    limit: count.optional().meta({ description: 'With `quota_exceeded`: `MAX_QUEUED_IMAGES`.' }),
    queued: count.optional().meta({ description: 'With `quota_exceeded`: unfinished images that count against it.' }),
    added: count.optional().meta({ description: 'With `quota_exceeded`: images of the refused upload.' }),
  })
  .meta({ description: 'A problem document (RFC 9457).' });

const image = z.object({
  id: uuid,
  index: count.meta({ description: 'Position in its cell, from 0.' }),
  inputUrl: z.string().meta({ description: 'As uploaded; passwords and credentials in the query stand as `***`.' }),
  status: z.enum(['pending', 'processing', 'completed', 'failed', 'cancelled']),
  outputUrl: z.string().nullable().meta({ format: 'uri' }),
  contentType: z.enum(Object.values(OUTPUT_FORMATS).map(({ contentType }) => contentType)).nullable(),
  bytesIn: count.nullable(),
  bytesOut: count.nullable(),
  width: z.int().min(1).nullable(),
  height: z.int().min(1).nullable(),
  notes: z.array(z.enum(['kept_original', 'first_frame_only'])),
  attempts: count,
  error: z.object({ code: codes(IMAGE_ERRORS), message: z.string() }).nullable(),
});

export const progress = z.object({
  total: count,
  completed: count,
  failed: count,
  cancelled: count,
  pending: count,
  percent: z.int().min(0).max(100).meta({ description: '100 only when every image is finished.' }),
});

export const bytes = z.object({
  in: count,
  out: count,
  savedPercent: z.number().meta({ description: 'Negative when the outputs are larger.' }),
});

export const requestStatus = z.enum([
  'queued',
  'processing',
  'completed',
  'completed_with_errors',
  'failed',
  'cancelled',
]);

const report = z.object({
  products: z
    .array(
      z.object({
        ...{ serialNumber: z.string(), productName: z.string() },
        images: count.min(1).meta({ description: 'Completed ones; the numbers are about them.' }),
        ...{ bytesIn: count, bytesOut: count, savedPercent: z.number() },
      }),
    )
    .max(20)
    .meta({ description: 'The rows that saved most, the most first.' }),
  productCount: count.meta({ description: 'Rows with images.' }),
  failures: z
    .array(
      z.object({
        code: codes(IMAGE_ERRORS),
        count: z.int().min(1),
        origins: z
          .array(z.object({ origin: z.string().nullable(), count: z.int().min(1) }))
          .max(10)
          .meta({ description: 'Hosts of the failed URLs; null where a URL names none.' }),
      }),
    )
    .meta({ description: 'The most frequent first.' }),
});

export const statusAnswer = z
  .object({
    requestId: uuid,
    status: requestStatus,
    createdAt: moment,
    startedAt: moment.nullable(),
    finishedAt: moment.nullable(),
    options: z.object({
      quality: z.int().min(1).max(100),
      format: z.enum(OUTPUT_FORMAT_NAMES),
      mozjpeg: z.boolean(),
      progressive: z.boolean(),
    }),
    progress,
    bytes,
    webhook: z
      .object({
        url: z.string(),
        state: z.enum(['waiting', 'pending', 'delivered', 'failed', 'gone']),
        attempts: count,
        lastStatus: z.int().nullable(),
      })
      .nullable(),
    report: report.nullable().meta({ description: 'Made when the request is finished, a moment after; null before.' }),
    products: z.array(z.object({ serialNumber: z.string(), productName: z.string(), images: z.array(image) })),
    next: z.string().nullable().meta({ description: 'Path of the next page; null on the last one.' }),
  })
  .meta({ description: 'Progress of a request and one page of its images.' });

const { webhook: _webhook, report: _report, products: _products, next: _next, ...summary } = statusAnswer.shape;

export const requestSummary = z.object(summary).meta({ description: 'A request without its images.' });

/** One event of the stream; what is inside `data` is JSON of {@link requestSummary}. */
export const progressEvent = z.object({
  event: z.enum(['progress', 'end']),
  id: z.string().meta({ description: 'Of the state: equal where nothing has changed.' }),
  data: z.string().meta({
    description: 'A `RequestSummary` as JSON.',
    contentMediaType: 'application/json',
    contentSchema: { $ref: '#/components/schemas/RequestSummary' },
  }),
});

export const listAnswer = z.object({
  requests: z.array(requestSummary),
  next: z.string().nullable().meta({ description: 'Path of the next page; null on the last one.' }),
});

const attempt = z.object({
  at: moment,
  status: z.int().nullable().meta({ description: 'HTTP status of the answer; null when there was none.' }),
  durationMs: z.number().min(0),
  error: z.string().nullable(),
  answer: z.string().nullable().meta({ description: 'The beginning of the answer.' }),
});

export const deliveriesAnswer = z.object({
  requestId: uuid,
  deliveries: z.array(
    z.object({
      id: z.string().meta({ description: 'The `webhook-id`, the same on every attempt.' }),
      type: z.string(),
      run: z.int().min(1).meta({ description: '1, and one more with each retry of the request.' }),
      url: z.string(),
      state: z.enum(['pending', 'delivered', 'failed', 'gone']),
      createdAt: moment,
      nextAttemptAt: moment.nullable(),
      attempts: count,
      redeliveries: count,
      lastStatus: z.int().nullable(),
      log: z.array(attempt).meta({ description: 'Newest first.' }),
    }),
  ),
});

export const redeliverAnswer = z.object({ requestId: uuid, webhookId: z.string() });

export const healthAnswer = z.object({ status: z.literal('ok'), uptimeSeconds: count });

export const readyAnswer = z.object({
  status: z.enum(['ready', 'not_ready']),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), reason: z.string().optional() })),
});
