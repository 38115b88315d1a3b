import type { ErrorCode } from '../../errors.ts';
import { OUTPUT_FORMATS } from '../../output-formats.ts';
import { imageName, listQuery, requestId, statusQuery, uploadFields, uploadKey } from '../parameters.ts';
import { CODE_SAMPLES } from './code-samples.ts';
import {
  type Answer,
  exampleId,
  fileUpload,
  headerParameter,
  type Operation,
  parameters,
  pathParameter,
  problems,
  schemaRef,
} from './parts.ts';
import { RECORDED } from './recorded.ts';

/** What every call under /api can answer beside its own codes. */
const ANY_CALL: readonly ErrorCode[] = ['invalid_request', 'internal_error', 'database_unavailable', 'shutting_down'];

const json = (name: string, description: string, example: unknown): Answer => ({
  description,
  content: { 'application/json': { schema: schemaRef(name), example } },
});

const byId = pathParameter('requestId', requestId, exampleId);

/** What a client that reads too much is answered. */
const READ = ['rate_limited', 'too_many_reads'] as const;

const upload: Operation = {
  operationId: 'upload',
  tags: ['Requests'],
  summary: 'Upload a CSV of products with image URLs',
  description: 'Answers once the request and all its images are stored durably. The file may be in any field.',
  parameters: [headerParameter('Idempotency-Key', uploadKey, exampleId)],
  requestBody: fileUpload(uploadFields(() => true)),
  'x-codeSamples': CODE_SAMPLES,
  responses: {
    202: {
      ...json('UploadAnswer', 'Taken.', RECORDED.upload),
      headers: {
        Location: { description: 'Path of the status.', schema: { type: 'string' }, required: true },
        'Idempotency-Replayed': {
          description: '`true` when an upload with the same `Idempotency-Key` had been taken before.',
          schema: { type: 'string', enum: ['true'] },
        },
      },
      links: {
        status: { operationId: 'status', parameters: { requestId: '$response.body#/requestId' } },
        events: { operationId: 'events', parameters: { requestId: '$response.body#/requestId' } },
        output: { operationId: 'output', parameters: { requestId: '$response.body#/requestId' } },
      },
    },
    ...problems(
      ...ANY_CALL,
      ...(['invalid_field', 'no_file', 'too_many_files', 'request_timeout', 'upload_too_large'] as const),
      ...(['unsupported_media_type', 'csv_invalid', 'rate_limited', 'quota_exceeded', 'storage_unavailable'] as const),
      ...([
        'idempotency_key_in_use',
        'idempotency_key_reused',
        'too_many_uploads',
        'uploads_busy',
        'disk_full',
      ] as const),
    ),
  },
};

const status: Operation = {
  operationId: 'status',
  tags: ['Requests'],
  summary: 'Progress, and one page of the images',
  parameters: [byId, ...parameters(statusQuery)],
  responses: {
    200: json('StatusAnswer', 'The request as it stands.', RECORDED.status),
    ...problems(...ANY_CALL, ...READ, 'invalid_field', 'request_not_found'),
  },
};

const list: Operation = {
  operationId: 'list',
  tags: ['Requests'],
  summary: 'The newest requests',
  parameters: parameters(listQuery),
  responses: {
    200: json('ListAnswer', 'Newest first.', RECORDED.list),
    ...problems(...ANY_CALL, ...READ, 'invalid_field'),
  },
};

const events: Operation = {
  operationId: 'events',
  tags: ['Requests'],
  summary: 'Progress as it happens, as server-sent events',
  description:
    'The event `progress` comes on connect and with each change, about twice a second at most; `end` comes with the final ' +
    'state, and the server closes. The data of both is a `RequestSummary`. The schema is that of one event. With `Last-Event-ID` nothing comes before ' +
    'something has changed. A comment comes every 15 seconds. A browser comes back by itself after a lost connection, ' +
    'but not after an answer other than 200.',
  parameters: [
    byId,
    {
      ...{ name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' } },
      description: 'The `id` of the last event that came; browsers send it when they come back.',
    },
  ],
  responses: {
    200: {
      description: 'A stream that lasts until the request is finished.',
      content: { 'text/event-stream': { schema: schemaRef('ProgressEvent'), example: RECORDED.events } },
    },
    ...problems(...ANY_CALL, 'request_not_found', 'too_many_reads', 'too_many_listeners'),
  },
};

const change = (operationId: string, summary: string, description: string, codes: readonly ErrorCode[]): Operation => ({
  operationId,
  tags: ['Requests'],
  summary,
  description,
  parameters: [byId],
  responses: {
    202: {
      ...json('UploadAnswer', 'Taken.', RECORDED.retry),
      headers: { Location: { description: 'Path of the status.', schema: { type: 'string' }, required: true } },
    },
    ...problems(...ANY_CALL, 'request_not_found', 'rate_limited', ...codes),
  },
});

const cancel = change('cancel', 'Stop what has not started', 'Images in work may finish. Again is fine.', [
  'already_finished',
  'not_finished',
]);

const retry = change(
  'retry',
  'Run the failed and cancelled images again',
  'The request gets a new run, with a completion event of its own.',
  ['not_finished', 'nothing_to_retry'],
);

const deliveries: Operation = {
  operationId: 'deliveries',
  tags: ['Webhooks'],
  summary: 'Every attempt to deliver the webhook',
  parameters: [byId],
  responses: {
    200: json('DeliveriesAnswer', 'Newest first; none before the request is finished.', RECORDED.deliveries),
    ...problems(...ANY_CALL, ...READ, 'request_not_found'),
  },
};

const redeliver: Operation = {
  operationId: 'redeliver',
  tags: ['Webhooks'],
  summary: 'Send the newest webhook again',
  description: 'With the same `webhook-id` and body, at once and with a fresh schedule.',
  parameters: [byId],
  responses: {
    202: json('RedeliverAnswer', 'Taken.', RECORDED.redeliver),
    ...problems(...ANY_CALL, 'request_not_found', 'webhook_not_found', 'not_finished', 'rate_limited'),
  },
};

const output: Operation = {
  operationId: 'output',
  tags: ['Requests'],
  summary: 'The uploaded CSV with a column of output URLs',
  parameters: [byId],
  responses: {
    200: {
      description: 'The output CSV, as a download.',
      content: { 'text/csv': { schema: { type: 'string' }, example: RECORDED.output } },
    },
    ...problems(...ANY_CALL, ...READ, 'request_not_found', 'not_finished'),
  },
};

const archive: Operation = {
  operationId: 'archive',
  tags: ['Outputs'],
  summary: 'A ZIP of the outputs',
  description: 'Streamed. A folder for each product, its images numbered as in the input.',
  parameters: [byId],
  responses: {
    200: {
      description: 'The ZIP, as a download.',
      content: { 'application/zip': { schema: { type: 'string', contentMediaType: 'application/zip' } } },
    },
    ...problems(
      ...ANY_CALL,
      ...READ,
      'request_not_found',
      'not_finished',
      'storage_unavailable',
      'storage_misconfigured',
    ),
  },
};

const binary = { schema: { type: 'string', contentMediaType: 'application/octet-stream' } };
const images = Object.fromEntries(Object.values(OUTPUT_FORMATS).map(({ contentType }) => [contentType, binary]));

const image: Operation = {
  operationId: 'image',
  tags: ['Outputs'],
  summary: 'An output image',
  description: 'Cached for a year; takes `Range` and `If-None-Match`. Needs no key: its name cannot be guessed.',
  security: [],
  parameters: [pathParameter('name', imageName, `${RECORDED.imageId}.jpg`)],
  responses: {
    200: { description: 'The image.', content: images },
    206: { description: 'The asked part of it.', content: images },
    302: {
      description: 'With `STORAGE=s3`: where the image is.',
      headers: { Location: { description: 'Public or signed URL.', schema: { type: 'string' }, required: true } },
    },
    304: { description: 'The client has it.' },
    ...problems(
      'invalid_request',
      'image_not_found',
      'precondition_failed',
      'range_not_satisfiable',
      'internal_error',
      'storage_unavailable',
    ),
  },
};

const METRICS_EXAMPLE =
  '# HELP bulk_image_queue_images Images waiting or in work over all instances.\n' +
  '# TYPE bulk_image_queue_images gauge\nbulk_image_queue_images 42\n';

const health: Operation = {
  operationId: 'health',
  tags: ['Operation'],
  summary: 'Whether the process answers',
  security: [],
  responses: { 200: json('HealthAnswer', 'It does.', RECORDED.health) },
};

const ready: Operation = {
  operationId: 'ready',
  tags: ['Operation'],
  summary: 'Whether the service can take work',
  security: [],
  responses: {
    200: json('ReadyAnswer', 'It can.', RECORDED.ready),
    503: json('ReadyAnswer', 'Something it needs is away.', {
      status: 'not_ready',
      checks: { database: { ok: false, reason: 'connection refused' }, storage: { ok: true } },
    }),
  },
};

const metrics: Operation = {
  operationId: 'metrics',
  tags: ['Operation'],
  summary: 'What the service does, for Prometheus',
  security: [{ operator: [] }],
  responses: {
    200: {
      description: 'Prometheus text format 0.0.4.',
      content: { 'text/plain': { schema: { type: 'string' }, example: METRICS_EXAMPLE } },
    },
    ...problems('internal_error'),
  },
};

/** Every call, by path and method. */
export const PATHS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/api/upload': { post: upload },
  '/api/status/{requestId}': { get: status },
  '/api/requests': { get: list },
  '/api/events/{requestId}': { get: events },
  '/api/output/{requestId}': { get: output },
  '/api/cancel/{requestId}': { post: cancel },
  '/api/retry/{requestId}': { post: retry },
  '/api/deliveries/{requestId}': { get: deliveries },
  '/api/deliveries/{requestId}/redeliver': { post: redeliver },
  '/api/archive/{requestId}': { get: archive },
  '/processed_images/{name}': { get: image },
  '/health': { get: health },
  '/ready': { get: ready },
  '/metrics': { get: metrics },
};

/** The codes that guarded calls answer only where keys are set. */
export const KEY_PROBLEMS = problems('unauthorized', 'forbidden', 'rate_limited');
