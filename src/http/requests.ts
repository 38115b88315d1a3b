import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type RequestHandler, Router } from 'express';
import { AppError } from '../errors.ts';
import type { ImageStore } from '../requests/image-store.ts';
import { outputCsv } from '../requests/output.ts';
import type { RequestStore } from '../requests/request-store.ts';
import { createStatusView, type WebhookSummary } from '../requests/status.ts';
import { isFinal } from '../requests/transitions.ts';
import type { RequestRecord } from '../requests/types.ts';
import { readFields, requestId, statusQuery } from './parameters.ts';
import { methodNotAllowed } from './problem.ts';

export interface RequestRoutesDeps {
  readonly requests: RequestStore;
  readonly images: ImageStore;
  /** The URL under which an output can be fetched. */
  readonly outputUrl: (name: string) => string;
  readonly webhookOf: (requestId: string) => Promise<WebhookSummary | null>;
}

const SLOW_READER_MS = 2 * 60_000;

/** `GET /api/status/:requestId` and `GET /api/output/:requestId`. */
export const requestRoutes = (deps: RequestRoutesDeps): Router => {
  const { requests, images, outputUrl, webhookOf } = deps;
  const view = createStatusView(images, outputUrl);

  const find = async (id: unknown): Promise<RequestRecord> => {
    // The check comes first: what is not a UUID never reaches the database.
    const { success, data } = requestId.safeParse(id);
    const request = success ? await requests.find(data.toLowerCase()) : null;
    if (request === null) throw new AppError('request_not_found');
    return request;
  };

  const status: RequestHandler = async (req, res) => {
    const { limit, after = -1 } = readFields(statusQuery, req.query);
    const request = await find(req.params.requestId);
    const webhook = request.webhook === undefined ? null : await webhookOf(request._id);
    res.set('Cache-Control', 'no-store').json(await view(request, webhook, { limit, after }));
  };

  const output: RequestHandler = async (req, res) => {
    const request = await find(req.params.requestId);
    if (!isFinal(request.state)) throw new AppError('not_finished');
    res.set('Cache-Control', 'no-store').type('text/csv').attachment(`output-${request._id}.csv`);
    if (req.method === 'HEAD') {
      res.end();
      return;
    }
    // A reader that takes nothing for this long is let go.
    res.setTimeout(SLOW_READER_MS);
    await pipeline(Readable.from(outputCsv(requests, images, request, outputUrl)), res);
  };

  return Router()
    .get('/api/status/:requestId', status)
    .all('/api/status/:requestId', methodNotAllowed('GET', 'HEAD'))
    .get('/api/output/:requestId', output)
    .all('/api/output/:requestId', methodNotAllowed('GET', 'HEAD'));
};
