import type { RequestHandler, Response, Router } from 'express';
import { AppError } from '../../errors.ts';
import { redactCredentials } from '../../network/redact.ts';
import type { Control } from '../../requests/control.ts';
import type { RequestStore } from '../../requests/request-store.ts';
import { summaryOf } from '../../results/status.ts';
import { clientOf } from '../client.ts';
import { findRequest } from '../find-request.ts';
import { createReadJsonBody, hasBody, readJsonBody } from '../json-body.ts';
import { retryFields } from '../parameters/corrections.ts';
import { renameFields } from '../parameters/job-name.ts';
import { readFields, readObject } from '../parameters/values.ts';
import { limitRate } from '../rate-limit.ts';
import type { ReadGuards } from '../readers/reading.ts';
import { streamText } from '../readers/stream-text.ts';
import { createRoutes } from '../routing.ts';

/** 100 URLs of 8,192 characters. */
const MAX_RETRY_BYTES = 1024 * 1024;
const readRetryBody = createReadJsonBody(MAX_RETRY_BYTES);

/** A completion event and its delivery attempts, newest first. */
export interface Delivery {
  readonly id: string;
  readonly type: string;
  readonly run: number;
  readonly url: string;
  readonly state: string;
  readonly sending: boolean;
  readonly createdAt: Date;
  readonly nextAt: Date | null;
  readonly attempts: number;
  readonly redeliveries: number;
  readonly lastStatus: number | null;
  readonly attemptLog: readonly object[];
}

export interface ControlRoutesDeps {
  readonly requests: Pick<RequestStore, 'findFor' | 'rename'>;
  readonly control: Control;
  readonly deliveries: {
    list(requestId: string): Promise<Delivery[]>;
    /** Sends the newest event again; returns its webhook-id, or null if there is none yet. */
    redeliver(requestId: string): Promise<string | null>;
  };
  readonly guards: Pick<ReadGuards, 'pages'>;
  /** Changing calls per minute for each tenant or address; 0: no limit. */
  readonly perMinute: number;
}

/** `PATCH` and `DELETE /api/requests/:requestId`, `POST /api/cancel/:requestId`, `POST /api/retry/:requestId`, and the webhook's deliveries. */
export const controlRoutes = ({ requests, control, deliveries, guards, perMinute }: ControlRoutesDeps): Router => {
  const find = findRequest(requests);
  const limited = limitRate(perMinute, 'changes');

  const rename: RequestHandler = async (req, res) => {
    const { _id } = await find(req.params.requestId, res);
    const { name } = readFields(renameFields, await readJsonBody(req, res));
    const renamed = await requests.rename(_id, name);
    if (renamed === null) throw new AppError('request_not_found');
    res.set('Cache-Control', 'no-store').json(summaryOf(renamed));
  };

  const remove: RequestHandler = async (req, res) => {
    const request = await find(req.params.requestId, res);
    await control.remove(request);
    req.log.info({ requestId: request._id }, 'deleted');
    res.status(202).json({ requestId: request._id });
  };

  const cancel: RequestHandler = async (req, res) => {
    const request = await find(req.params.requestId, res);
    await control.cancel(request);
    req.log.info({ requestId: request._id }, 'cancelled');
    accepted(res, request._id);
  };

  const retry: RequestHandler = async (req, res) => {
    const request = await find(req.params.requestId, res);
    const { corrections } = hasBody(req) ? readObject(retryFields, await readRetryBody(req, res)) : {};
    const { begun } = await control.retry(request, clientOf(req, res), corrections);
    // The response does not wait for the images; if this is interrupted, the reconciler finishes it.
    begun.catch((err: unknown) =>
      req.log.warn({ err, requestId: request._id }, 'retry interrupted; the reconciler will finish it'),
    );
    req.log.info({ requestId: request._id, run: request.run + 1, corrected: corrections?.length }, 'retried');
    accepted(res, request._id);
  };

  const list: RequestHandler = async (req, res) => {
    const { _id: requestId } = await find(req.params.requestId, res);
    const found = await deliveries.list(requestId);
    res.set('Cache-Control', 'no-store').type('json');
    await streamText(req, res, shownDeliveries(requestId, found));
  };

  const redeliver: RequestHandler = async (req, res) => {
    const request = await find(req.params.requestId, res);
    if (request.webhook === undefined) throw new AppError('webhook_not_found');
    const webhookId = await deliveries.redeliver(request._id);
    if (webhookId === null) throw new AppError('not_finished');
    req.log.info({ requestId: request._id, webhookId }, 'webhook sent again');
    res.status(202).location(`/api/deliveries/${request._id}`).json({ requestId: request._id, webhookId });
  };

  return createRoutes([
    ['/api/requests/:requestId', { patch: [limited, rename], delete: [limited, remove] }],
    ['/api/cancel/:requestId', { post: [limited, cancel] }],
    ['/api/retry/:requestId', { post: [limited, retry] }],
    ['/api/deliveries/:requestId', { get: [...guards.pages, list] }],
    ['/api/deliveries/:requestId/redeliver', { post: [limited, redeliver] }],
  ]);
};

const accepted = (res: Response, requestId: string): void => {
  res.status(202).location(`/api/status/${requestId}`).json({ requestId });
};

/** Streamed, because a hundred deliveries with the receivers' responses can be megabytes. */
async function* shownDeliveries(requestId: string, found: readonly Delivery[]): AsyncGenerator<string> {
  yield `{"requestId":${JSON.stringify(requestId)},"deliveries":[`;
  for (const [at, delivery] of found.entries())
    yield `${at === 0 ? '' : ','}${JSON.stringify(shownDelivery(delivery))}`;
  yield ']}';
}

const shownDelivery = ({ id, type, run, url, state, sending, createdAt, nextAt, attemptLog, ...counts }: Delivery) => ({
  ...{ id, type, run, url: redactCredentials(url), state, sending, createdAt, nextAttemptAt: nextAt },
  ...{ attempts: counts.attempts, redeliveries: counts.redeliveries, lastStatus: counts.lastStatus },
  log: attemptLog,
});
