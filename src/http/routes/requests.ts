import type { RequestHandler, Response, Router } from 'express';
import { AppError } from '../../errors.ts';
import type { ImageStore } from '../../requests/image-store.ts';
import type { RequestStore } from '../../requests/request-store.ts';
import { isFinal } from '../../requests/transitions.ts';
import type { RequestRecord } from '../../requests/types.ts';
import { failedRows } from '../../results/failed-rows.ts';
import type { ListedRequest, ListPlace } from '../../results/listing.ts';
import { csvText, outputRows } from '../../results/output-table.ts';
import { createStatusView, summaryOf, type WebhookSummary } from '../../results/status.ts';
import { tenantOf } from '../client.ts';
import { findRequest } from '../find-request.ts';
import { errorsQuery, listPlace, listQuery, outputQuery, statusQuery } from '../parameters/reads.ts';
import { readFields } from '../parameters/values.ts';
import type { ReadGuards } from '../readers/reading.ts';
import { streamText } from '../readers/stream-text.ts';
import { createRoutes } from '../routing.ts';

export interface RequestRoutesDeps {
  readonly requests: RequestStore;
  readonly images: ImageStore;
  readonly list: (tenant: string, limit: number, after?: ListPlace) => Promise<ListedRequest[]>;
  /** URL of an output. */
  readonly outputUrl: (name: string) => string;
  readonly guards: ReadGuards;
  readonly webhookOf: (requestId: string) => Promise<WebhookSummary | null>;
}

/** `GET /api/requests`, and status, output and failed rows of a request. */
export const requestRoutes = (deps: RequestRoutesDeps): Router => {
  const { requests, images, outputUrl, webhookOf, guards } = deps;
  const view = createStatusView(images, outputUrl);

  const find = findRequest(requests);

  const list: RequestHandler = async (req, res) => {
    const { limit, after } = readFields(listQuery, req.query);
    const found = await deps.list(tenantOf(res), limit + 1, after === undefined ? undefined : listPlace(after));
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next = last !== undefined && found.length > limit ? `${last.createdAt.getTime()}.${last._id}` : null;
    res.set('Cache-Control', 'no-store').json({
      requests: shown.map(summaryOf),
      next: next === null ? null : `/api/requests?limit=${limit}&after=${next}`,
    });
  };

  const status: RequestHandler = async (req, res) => {
    const { limit, after = -1 } = readFields(statusQuery, req.query);
    const request = await find(req.params.requestId, res);
    const webhook = request.webhook === undefined ? null : await webhookOf(request._id);
    res.set('Cache-Control', 'no-store').type('json');
    await streamText(req, res, view(request, webhook, { limit, after }));
  };

  const findFinished = async (id: unknown, res: Response): Promise<RequestRecord> => {
    const request = await find(id, res);
    if (!isFinal(request.state)) throw new AppError('not_finished');
    return request;
  };
  const attach = (res: Response, name: string): void => {
    res.set('Cache-Control', 'no-store').type('text/csv').attachment(name);
  };

  const output: RequestHandler = async (req, res) => {
    const { columns, format: _csv, ...given } = readFields(outputQuery, req.query);
    const request = await findFinished(req.params.requestId, res);
    const choice = { ...given, details: columns === 'details' };
    attach(res, `output-${request._id}.csv`);
    await streamText(req, res, csvText(outputRows(requests, images, request, outputUrl, choice), request, choice));
  };

  const errors: RequestHandler = async (req, res) => {
    const { format: _csv, ...choice } = readFields(errorsQuery, req.query);
    const request = await findFinished(req.params.requestId, res);
    attach(res, `errors-${request._id}.csv`);
    await streamText(req, res, csvText(failedRows(requests, images, request), withoutSeparatorLine(request), choice));
  };

  return createRoutes([
    ['/api/requests', { get: [...guards.pages, list] }],
    ['/api/status/:requestId', { get: [...guards.pages, status] }],
    ['/api/output/:requestId', { get: [...guards.downloads, output] }],
    ['/api/errors/:requestId', { get: [...guards.downloads, errors] }],
  ]);
};

/** The file of failed rows starts with its header row. */
const withoutSeparatorLine = (request: RequestRecord): RequestRecord => ({
  ...request,
  csv: { ...request.csv, separatorLine: false },
});
