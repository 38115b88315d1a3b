import { z } from 'zod';
import { IMAGE_ERRORS, REQUEST_ERRORS } from '../../errors.ts';
import { METADATA_KEPT, OUTPUT_FORMAT_NAMES, OUTPUT_FORMATS } from '../../output-formats.ts';
import { PUBLIC_STATES } from '../../requests/types.ts';
import { csvError, csvErrorKinds } from './file-answer.ts';
import { report } from './report-answer.ts';
import { codes, count, moment, uuid } from './values.ts';

/**
 * Schemas of the responses. A test checks that the responses of a running service match them exactly.
 */

const fieldError = z.object({ field: z.string(), message: z.string() });

export const problem = z
  .object({
    type: z.string().meta({ format: 'uri', examples: ['urn:bulk-image-processor:problem:request_not_found'] }),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: codes(REQUEST_ERRORS),
    detail: z.string().meta({ description: 'Human-readable: what is wrong and how to fix it.' }),
    instance: z.string().regex(/^urn:/).meta({
      description:
        'Id of this call in the server log; also in `X-Request-Id`, whose value is that of the request if it had one.',
    }),
    errors: z
      .array(z.union([csvError, fieldError]))
      .optional()
      .meta({ description: 'With `csv_invalid`, up to 100 errors of the CSV; with `invalid_field`, the fields.' }),
    errorCount: count
      .optional()
      .meta({ description: 'With `csv_invalid`: number of all errors, including those not listed.' }),
    errorKinds: csvErrorKinds
      .optional()
      .meta({ description: 'With `csv_invalid`: number of errors of each kind, the most frequent first.' }),
    limit: count.optional().meta({ description: 'With `quota_exceeded`: `MAX_QUEUED_IMAGES`.' }),
    queued: count
      .optional()
      .meta({ description: 'With `quota_exceeded`: unfinished images that count towards the limit.' }),
    added: count.optional().meta({ description: 'With `quota_exceeded`: images of the rejected upload.' }),
  })
  .meta({ description: 'A problem document (RFC 9457).' });

export const image = z.object({
  id: uuid,
  index: count.meta({ description: 'Position in its row, counted from 0.' }),
  inputUrl: z
    .string()
    .meta({ description: 'As uploaded; passwords and credentials in the query are replaced by `***`.' }),
  status: z.enum(['pending', 'processing', 'completed', 'failed', 'cancelled']),
  outputUrl: z.string().nullable().meta({ format: 'uri' }),
  contentType: z.enum(Object.values(OUTPUT_FORMATS).map(({ contentType }) => contentType)).nullable(),
  bytesIn: count.nullable(),
  bytesOut: count.nullable(),
  width: z.int().min(1).nullable(),
  height: z.int().min(1).nullable(),
  notes: z.array(
    z.enum([
      'kept_original',
      'first_frame_only',
      'thumbnail_skipped',
      'extra_channels_dropped',
      'resized',
      'profile_converted',
      'uncalibrated_colours',
      'share_link',
    ]),
  ),
  attempts: count,
  error: z.object({ code: codes(IMAGE_ERRORS), message: z.string() }).nullable(),
  skipped: z
    .literal(true)
    .optional()
    .meta({ description: 'Failed without an attempt, as its URL is invalid and the upload had `onInvalidRow=skip`.' }),
  outputs: z
    .array(
      z.object({
        ...{ format: z.enum(OUTPUT_FORMAT_NAMES), quality: z.int().min(1).max(100) },
        ...{ width: z.int().min(1), height: z.int().min(1), bytes: count, url: z.string().meta({ format: 'uri' }) },
      }),
    )
    .optional()
    .meta({
      description:
        'All outputs in the order of the upload, the first included; empty until the image is completed. Only of uploads with several `outputs`.',
    }),
});

export const progress = z.object({
  total: count,
  completed: count,
  failed: count,
  skipped: count.meta({
    description:
      'How many of the failed images were never tried: their URLs are invalid, and the upload had `onInvalidRow=skip`. A retry leaves them out.',
  }),
  cancelled: count,
  pending: count,
  percent: z.int().min(0).max(100).meta({ description: '100 only when all images have finished.' }),
});

export const bytes = z.object({
  in: count,
  out: count,
  savedPercent: z.number().meta({ description: 'Negative when the outputs are larger.' }),
});

export const requestStatus = z.enum(PUBLIC_STATES);

export const statusAnswer = z
  .object({
    requestId: uuid,
    name: z.string().nullable().meta({ description: 'As in the upload, or that of its file; null if it has none.' }),
    label: z.string().nullable().meta({ description: 'As in the upload.' }),
    metadata: z.record(z.string(), z.string()).meta({ description: 'As in the upload; empty if it had none.' }),
    status: requestStatus,
    stopping: z.boolean().meta({ description: 'It was cancelled, and its images in flight are being finished.' }),
    createdAt: moment,
    startedAt: moment.nullable().meta({ description: 'When the first image of the current run began.' }),
    finishedAt: moment.nullable(),
    options: z.object({
      quality: z.int().min(1).max(100),
      format: z.enum(OUTPUT_FORMAT_NAMES),
      mozjpeg: z.boolean(),
      progressive: z.boolean(),
      maxWidth: z.int().min(1).optional(),
      maxHeight: z.int().min(1).optional(),
      background: z.string().optional(),
      metadata: z.enum(METADATA_KEPT).optional(),
      outputs: z
        .array(
          z.object({
            ...{ format: z.enum(OUTPUT_FORMAT_NAMES), quality: z.int().min(1).max(100) },
            maxSide: z.int().min(1).optional().meta({ description: 'Longest side in pixels.' }),
          }),
        )
        .optional()
        .meta({ description: 'If there are several; `format` and `quality` are those of the first.' }),
    }),
    progress,
    run: z.object({
      number: z.int().min(1).meta({ description: '1, and one more with each retry.' }),
      finishedBefore: count.optional().meta({
        description:
          'Images that were finished when the run began: completed in earlier runs, or skipped. Absent if an earlier version began it.',
      }),
    }),
    bytes,
    limitedBy: z
      .object({ host: z.string(), connections: z.int().min(1) })
      .optional()
      .meta({
        description:
          'The image server that most images of the request wait for, and how many connections it gets at the moment. Absent while none wait for one.',
      }),
    webhook: z
      .object({
        url: z.string(),
        state: z.enum(['waiting', 'pending', 'delivered', 'failed', 'gone']),
        attempts: count,
        lastStatus: z.int().nullable(),
      })
      .nullable(),
    report: report.nullable().meta({ description: 'Available shortly after the request has finished; null before.' }),
    products: z.array(
      z.object({
        row: z.int().min(1).meta({ description: 'Data row of the file, counted from 1; blank rows do not count.' }),
        ...{ serialNumber: z.string(), productName: z.string(), images: z.array(image) },
      }),
    ),
    next: z.string().nullable().meta({ description: 'Path of the next page; null on the last page.' }),
  })
  .meta({ description: 'Progress of a request and one page of its images.' });

const { webhook: _webhook, report: _report, products: _products, next: _next, ...summary } = statusAnswer.shape;

export const requestSummary = z.object(summary).meta({ description: 'A request without its images.' });

/** One event of the stream; `data` is a {@link requestSummary} as JSON. */
export const progressEvent = z.object({
  event: z.enum(['progress', 'end']),
  id: z.string().meta({ description: 'Id of the state; the same if nothing has changed.' }),
  data: z.string().meta({
    description: 'A `RequestSummary` as JSON.',
    contentMediaType: 'application/json',
    contentSchema: { $ref: '#/components/schemas/RequestSummary' },
  }),
});

export const listAnswer = z.object({
  requests: z.array(requestSummary),
  next: z.string().nullable().meta({ description: 'Path of the next page; null on the last page.' }),
});

const attempt = z.object({
  at: moment,
  status: z.int().nullable().meta({ description: 'HTTP status of the response; null if there was none.' }),
  durationMs: z.number().min(0),
  error: z.string().nullable(),
  answer: z.string().nullable().meta({ description: 'Start of the response body.' }),
});

export const deliveriesAnswer = z.object({
  requestId: uuid,
  deliveries: z.array(
    z.object({
      id: z.string().meta({ description: 'The `webhook-id`, the same for every attempt.' }),
      type: z.string(),
      run: z.int().min(1).meta({ description: 'Starts at 1 and increases with each retry of the request.' }),
      url: z.string(),
      state: z.enum(['pending', 'delivered', 'failed', 'gone']),
      sending: z.boolean().meta({ description: 'Whether an attempt is in flight.' }),
      createdAt: moment,
      nextAttemptAt: moment.nullable().meta({
        description: 'When the next attempt is due, or the one in flight is given up; null once it has ended.',
      }),
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
