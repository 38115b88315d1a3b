import type { RequestRecord } from '../requests/types.ts';
import { bytesOf, ownDataOf, progressOf } from './status.ts';

/** The completion event of one run of a request, for the webhook outbox. */
export const completionEvent = (request: RequestRecord, publicUrl: string) => ({
  requestId: request._id,
  run: request.run,
  tenant: request.tenant,
  url: request.webhook?.url ?? '',
  secret: request.webhook?.secret ?? null,
  type: 'request.completed',
  payload: {
    type: 'request.completed',
    timestamp: request.finishedAt,
    data: {
      requestId: request._id,
      name: request.name ?? null,
      ...ownDataOf(request),
      status: request.state,
      progress: progressOf(request),
      bytes: bytesOf(request),
      statusUrl: `${publicUrl}/api/status/${request._id}`,
      outputUrl: `${publicUrl}/api/output/${request._id}`,
    },
  },
});
