import { OUTPUT_FORMATS } from '../../output-formats.ts';
import { archiveQuery, errorsQuery, imageName, listQuery, outputQuery, statusQuery } from '../parameters/reads.ts';
import { cancel, remove, rename, retry } from './change-operations.ts';
import { ANY_CALL, byId, json, type Operation, parameters, pathParameter, problems, schemaRef } from './parts.ts';
import { RECORDED } from './recorded.ts';
import { preview, upload } from './upload-operations.ts';

/** Codes of the read limits. */
const READ = ['rate_limited', 'too_many_reads'] as const;

const status: Operation = {
  operationId: 'status',
  tags: ['Requests'],
  summary: 'Progress and one page of the images',
  parameters: [byId, ...parameters(statusQuery)],
  responses: {
    200: json('StatusAnswer', 'The current state of the request.', RECORDED.status),
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
  summary: 'Live progress as server-sent events',
  description:
    'The server sends a `progress` event on connect and on each change, at most about twice a second, and an `end` event ' +
    'with the final state before it closes the stream. The data of both is a `RequestSummary`. The schema is that of one ' +
    'event. With `Last-Event-ID`, nothing is sent until something has changed. A comment is sent every 15 seconds. ' +
    'Browsers reconnect automatically after a lost connection, but not after a status other than 200.',
  parameters: [
    byId,
    {
      ...{ name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' } },
      description: 'The `id` of the last event received; browsers send it when they reconnect.',
    },
  ],
  responses: {
    200: {
      description: 'A stream that lasts until the request has finished.',
      content: { 'text/event-stream': { schema: schemaRef('ProgressEvent'), example: RECORDED.events } },
    },
    ...problems(...ANY_CALL, 'request_not_found', 'too_many_reads', 'too_many_listeners'),
  },
};

const deliveries: Operation = {
  operationId: 'deliveries',
  tags: ['Webhooks'],
  summary: 'Every attempt to deliver the webhook',
  parameters: [byId],
  responses: {
    200: json('DeliveriesAnswer', 'Newest first; empty until the request has finished.', RECORDED.deliveries),
    ...problems(...ANY_CALL, ...READ, 'request_not_found'),
  },
};

const redeliver: Operation = {
  operationId: 'redeliver',
  tags: ['Webhooks'],
  summary: 'Send the newest webhook again',
  description:
    'With the same `webhook-id` and body, immediately and with a new retry schedule. Refused while an attempt is in flight.',
  parameters: [byId],
  responses: {
    202: json('RedeliverAnswer', 'Accepted.', RECORDED.redeliver),
    ...problems(
      ...ANY_CALL,
      'request_not_found',
      'webhook_not_found',
      'not_finished',
      'delivery_in_progress',
      'rate_limited',
    ),
  },
};

const BINARY = { schema: { type: 'string', format: 'binary' } };

/** The media type of .xlsx. */
const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const workbook = { [WORKBOOK]: BINARY };

const output: Operation = {
  operationId: 'output',
  tags: ['Requests'],
  summary: 'The uploaded CSV with a column of output URLs',
  parameters: [byId, ...parameters(outputQuery)],
  responses: {
    200: {
      description: 'The output as a CSV or a workbook, as a download.',
      content: { 'text/csv': { schema: { type: 'string' }, example: RECORDED.output }, ...workbook },
    },
    ...problems(...ANY_CALL, ...READ, 'invalid_field', 'request_not_found', 'not_finished'),
  },
};

const errors: Operation = {
  operationId: 'errors',
  tags: ['Requests'],
  summary: 'The uploaded rows with failed images',
  description:
    'The uploaded columns, then `Error Code`, `Error` and `What To Do`. The image cells have only the failed URLs, so that ' +
    'the corrected file can be uploaded as it is. Only the header row if no image has failed.',
  parameters: [byId, ...parameters(errorsQuery)],
  responses: {
    200: {
      description: 'The failed rows as a CSV or a workbook, as a download.',
      content: { 'text/csv': { schema: { type: 'string' }, example: RECORDED.errors }, ...workbook },
    },
    ...problems(...ANY_CALL, ...READ, 'invalid_field', 'request_not_found', 'not_finished'),
  },
};

const archive: Operation = {
  operationId: 'archive',
  tags: ['Outputs'],
  summary: 'A ZIP of the outputs',
  description: 'Streamed. By default one folder per row, with its images numbered as in the input.',
  parameters: [byId, ...parameters(archiveQuery)],
  responses: {
    200: {
      description: 'The ZIP, as a download.',
      content: { 'application/zip': BINARY },
    },
    ...problems(
      ...ANY_CALL,
      ...READ,
      'invalid_field',
      'request_not_found',
      'not_finished',
      'storage_unavailable',
      'storage_misconfigured',
    ),
  },
};

const images = Object.fromEntries(Object.values(OUTPUT_FORMATS).map(({ contentType }) => [contentType, BINARY]));

const image: Operation = {
  operationId: 'image',
  tags: ['Outputs'],
  summary: 'An output image',
  description:
    'Cacheable for a year; supports `Range` and `If-None-Match`. Requires no key, because its name cannot be guessed.',
  security: [],
  parameters: [pathParameter('name', imageName, `${RECORDED.imageId}.jpg`)],
  responses: {
    200: { description: 'The image.', content: images },
    206: { description: 'The requested range.', content: images },
    302: {
      description: 'With `STORAGE=s3`: redirect to the image.',
      headers: { Location: { description: 'Public or signed URL.', schema: { type: 'string' }, required: true } },
    },
    304: { description: 'Not modified.' },
    ...problems(
      'invalid_request',
      'headers_too_large',
      'image_not_found',
      'precondition_failed',
      'range_not_satisfiable',
      'internal_error',
      'storage_unavailable',
    ),
  },
};

const METRICS_EXAMPLE =
  '# HELP bulk_image_queue_images Images queued or in flight across all instances.\n' +
  '# TYPE bulk_image_queue_images gauge\nbulk_image_queue_images 42\n';

/** Codes that every call can return. */
const ANY_PROBE = ['invalid_request', 'headers_too_large'] as const;

const health: Operation = {
  operationId: 'health',
  tags: ['Operation'],
  summary: 'Whether the process is running',
  security: [],
  responses: { 200: json('HealthAnswer', 'It is running.', RECORDED.health), ...problems(...ANY_PROBE) },
};

const ready: Operation = {
  operationId: 'ready',
  tags: ['Operation'],
  summary: 'Whether the service can accept work',
  security: [],
  responses: {
    200: json('ReadyAnswer', 'Ready.', RECORDED.ready),
    503: json('ReadyAnswer', 'Something it needs is unavailable.', {
      status: 'not_ready',
      checks: { database: { ok: false, reason: 'connection refused' }, storage: { ok: true } },
    }),
    ...problems(...ANY_PROBE),
  },
};

const metrics: Operation = {
  operationId: 'metrics',
  tags: ['Operation'],
  summary: 'Metrics for Prometheus',
  security: [{ operator: [] }],
  responses: {
    200: {
      description: 'Prometheus text format 0.0.4.',
      content: { 'text/plain': { schema: { type: 'string' }, example: METRICS_EXAMPLE } },
    },
    ...problems(...ANY_PROBE, 'internal_error'),
  },
};

/** Every operation, by path and method. */
export const PATHS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/api/upload': { post: upload },
  '/api/preview': { post: preview },
  '/api/status/{requestId}': { get: status },
  '/api/requests': { get: list },
  '/api/requests/{requestId}': { patch: rename, delete: remove },
  '/api/events/{requestId}': { get: events },
  '/api/output/{requestId}': { get: output },
  '/api/errors/{requestId}': { get: errors },
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

/** Codes that protected calls return only if keys are set. */
export const KEY_PROBLEMS = problems('unauthorized', 'forbidden', 'rate_limited');
