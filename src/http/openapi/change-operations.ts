import type { ErrorCode } from '../../errors.ts';
import { retryFields } from '../parameters/corrections.ts';
import { renameFields } from '../parameters/job-name.ts';
import { ANY_CALL, byId, json, jsonBody, type Operation, optionalJsonBody, problems } from './parts.ts';
import { RECORDED } from './recorded.ts';

const change = (operationId: string, summary: string, description: string, codes: readonly ErrorCode[]): Operation => ({
  operationId,
  tags: ['Requests'],
  summary,
  description,
  parameters: [byId],
  responses: {
    202: {
      ...json('RequestAnswer', 'Accepted.', RECORDED.retry),
      headers: { Location: { description: 'Path of the status.', schema: { type: 'string' }, required: true } },
    },
    ...problems(...ANY_CALL, 'request_not_found', 'rate_limited', ...codes),
  },
});

export const rename: Operation = {
  operationId: 'rename',
  tags: ['Requests'],
  summary: 'Give a request another name',
  description: 'Webhooks that are on their way keep the name before.',
  parameters: [byId],
  requestBody: jsonBody(renameFields, { name: 'Spring catalogue' }),
  responses: {
    200: json('RequestSummary', 'The request with its new name.', RECORDED.rename),
    ...problems(
      ...ANY_CALL,
      ...(['invalid_field', 'request_not_found', 'request_timeout', 'rate_limited', 'unsupported_media_type'] as const),
    ),
  },
};

export const cancel = change(
  'cancel',
  'Cancel what has not started',
  'Images in flight may still finish. Idempotent.',
  ['already_finished', 'not_finished'],
);

export const retry: Operation = {
  ...change(
    'retry',
    'Retry the failed and cancelled images',
    'Starts a new run of the request, with its own completion event. Skipped images are left out: their URLs are invalid. ' +
      'With `corrections`, only the images that these name get their new URL and are retried, skipped ones included. ' +
      'If one of them is invalid, nothing is retried.',
    [
      ...(['invalid_field', 'image_not_found', 'not_finished', 'nothing_to_retry'] as const),
      ...(['request_timeout', 'unsupported_media_type'] as const),
    ],
  ),
  requestBody: optionalJsonBody(retryFields),
};

export const remove: Operation = {
  operationId: 'remove',
  tags: ['Requests'],
  summary: 'Delete a request with its images',
  description:
    'It is stopped and gone from every response at once, and no webhook is sent. Its images and files are removed when ' +
    'those in flight have ended, usually within seconds.',
  parameters: [byId],
  responses: {
    202: json('RequestAnswer', 'Deleted; its files follow.', RECORDED.remove),
    ...problems(...ANY_CALL, 'request_not_found', 'rate_limited'),
  },
};
