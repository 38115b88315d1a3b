import { z } from 'zod';
import type { ErrorCode } from '../../errors.ts';
import { trialFields } from '../parameters/trial.ts';
import { uploadFields, uploadKey } from '../parameters/upload.ts';
import { CODE_SAMPLES } from './code-samples.ts';
import {
  ANY_CALL,
  fileUpload,
  headerParameter,
  json,
  jsonContent,
  type Operation,
  parameters,
  problems,
} from './parts.ts';
import { RECORDED } from './recorded.ts';

const FIELDS = uploadFields(() => true);
/** Next to a file there is no link, and next to URLs neither. */
const withoutLink = ({ shape: { fileUrl: _fileUrl, ...shape } }: z.ZodObject): z.ZodObject => z.object(shape);
const FILE_FIELDS = withoutLink(FIELDS);
const TRIAL_FIELDS = withoutLink(trialFields(() => true));
const LINK_EXAMPLE = { fileUrl: 'http://127.0.0.1:8099/products.csv' };

/** Codes of calls that take a table. */
const INTAKE: readonly ErrorCode[] = [
  ...ANY_CALL,
  ...(['invalid_field', 'no_file', 'too_many_files', 'request_timeout', 'upload_too_large'] as const),
  ...(['unsupported_media_type', 'file_not_fetched', 'rate_limited', 'storage_unavailable'] as const),
  ...(['too_many_uploads', 'uploads_busy', 'disk_full'] as const),
];

export const upload: Operation = {
  operationId: 'upload',
  tags: ['Requests'],
  summary: 'Upload a CSV of products with image URLs',
  description:
    'Returns once the request and all its images are stored durably. The file may be in any field of a form, or be the ' +
    'body itself (`text/csv`, `text/plain`, `application/vnd.ms-excel`, `application/octet-stream` and the like, also ' +
    'with `Content-Encoding: gzip`) with the fields in the query. A CSV of up to 1 MiB may be the text of the field ' +
    '`file` or `csv` of a form or of JSON. With `fileUrl` the file is downloaded.',
  parameters: [headerParameter('Idempotency-Key', uploadKey), ...parameters(FIELDS)],
  requestBody: fileUpload(FILE_FIELDS, jsonContent(FIELDS, ['fileUrl'], LINK_EXAMPLE)),
  'x-codeSamples': CODE_SAMPLES,
  responses: {
    202: {
      ...json('UploadAnswer', 'Accepted.', RECORDED.upload),
      headers: {
        Location: { description: 'Path of the status.', schema: { type: 'string' }, required: true },
        'Idempotency-Replayed': {
          description: '`true` if an upload with the same `Idempotency-Key` was already accepted.',
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

const TRIAL_EXAMPLE = { urls: ['http://127.0.0.1:8099/mug.jpg'] };

export const preview: Operation = {
  operationId: 'preview',
  tags: ['Requests'],
  summary: 'Check a file, or try up to 3 images',
  description:
    'Takes what an upload takes and stores nothing. Errors of the file are part of the response. With `urls` instead of a ' +
    'file, 1 to 3 images are downloaded and compressed with the given options, of several `outputs` to the first, and ' +
    'their outputs are part of the response (`TrialAnswer`), as are their errors; options of files and webhooks have no ' +
    'effect. That takes up to a minute; a client has one such call at a time.',
  parameters: parameters(FIELDS),
  requestBody: fileUpload(FILE_FIELDS, jsonContent(TRIAL_FIELDS, ['urls'], TRIAL_EXAMPLE)),
  responses: {
    200: json(
      'AnyPreviewAnswer',
      'What was found: a `PreviewAnswer`, or with `urls` a `TrialAnswer`.',
      RECORDED.preview,
    ),
    ...problems(...INTAKE, 'quota_exceeded', 'too_many_previews', 'previews_busy', 'previews_unavailable'),
  },
};
