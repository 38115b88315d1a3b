import type { Request, RequestHandler, Response, Router } from 'express';
import { AppError } from '../../errors.ts';
import type { ImageStore } from '../../requests/image-store.ts';
import type { RequestStore } from '../../requests/request-store.ts';
import { isFinal } from '../../requests/transitions.ts';
import type { RequestRecord } from '../../requests/types.ts';
import { downloadName } from '../../results/download-names.ts';
import { failedRows } from '../../results/failed-rows.ts';
import { type ListedRequest, type ListFilter, type ListPlace, searchRequests } from '../../results/listing.ts';
import { csvText, type OutputChoice, outputRows } from '../../results/output-table.ts';
import { workbookOf } from '../../results/output-workbook.ts';
import { createStatusView, publicState, summaryOf, type WebhookSummary } from '../../results/status.ts';
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
  readonly list: (tenant: string, limit: number, after?: ListPlace, filter?: ListFilter) => Promise<ListedRequest[]>;
  /** URL of an output. */
  readonly outputUrl: (name: string) => string;
  readonly guards: ReadGuards;
  readonly webhookOf: (requestId: string) => Promise<WebhookSummary | null>;
}

const TABLE_TYPES = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
const SHEET_NAMES = { output: 'Output', errors: 'Errors' };

/** `GET /api/requests`, and status, output and failed rows of a request. */
export const requestRoutes = (deps: RequestRoutesDeps): Router => {
  const { requests, images, outputUrl, webhookOf, guards } = deps;
  const view = createStatusView(images, outputUrl);

  const find = findRequest(requests);

  const list: RequestHandler = async (req, res) => {
    const { limit, after, status: states, q, label, createdAfter, createdBefore } = readFields(listQuery, req.query);
    const filter = {
      ...(label !== undefined && label !== '' && { label }),
      ...(createdAfter !== undefined && { since: new Date(createdAfter) }),
    };
    const wanted = states?.split(',');
    const text = q?.toLowerCase();
    const { found, next } = await searchRequests(
      (most, place) => deps.list(tenantOf(res), most, place, filter),
      limit,
      startOf(after, createdBefore === undefined ? undefined : new Date(createdBefore)),
      wanted === undefined && text === undefined
        ? null
        : (request) =>
            (wanted === undefined || wanted.includes(publicState(request.state))) &&
            (text === undefined || (request.name ?? '').toLowerCase().includes(text)),
    );
    const query = new URLSearchParams({
      limit: String(limit),
      ...(states !== undefined && { status: states }),
      ...(q !== undefined && { q }),
      ...(label !== undefined && { label }),
      ...(createdAfter !== undefined && { createdAfter }),
      ...(createdBefore !== undefined && { createdBefore }),
      ...(next !== null && { after: `${next.createdAt.getTime()}.${next.requestId}` }),
    });
    res.set('Cache-Control', 'no-store').json({
      requests: found.map(summaryOf),
      next: next === null ? null : `/api/requests?${query}`,
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
  /** Streams rows as a file that is named after them and the request. */
  const sendTable = async (
    req: Request,
    res: Response,
    name: 'output' | 'errors',
    request: RequestRecord,
    rows: AsyncIterable<readonly string[]>,
    { format, ...choice }: OutputChoice & { readonly format: 'csv' | 'xlsx' },
  ): Promise<void> => {
    res
      .set('Cache-Control', 'no-store')
      .type(TABLE_TYPES[format])
      .attachment(downloadName(request, name, format));
    const modified = request.finishedAt ?? request.createdAt;
    const file = format === 'csv' ? csvText(rows, request, choice) : workbookOf(rows, SHEET_NAMES[name], modified);
    await streamText(req, res, file);
  };

  const output: RequestHandler = async (req, res) => {
    const { columns, ...given } = readFields(outputQuery, req.query);
    const request = await findFinished(req.params.requestId, res);
    const choice = { ...given, details: columns === 'details' };
    await sendTable(req, res, 'output', request, outputRows(requests, images, request, outputUrl, choice), choice);
  };

  const errors: RequestHandler = async (req, res) => {
    const choice = readFields(errorsQuery, req.query);
    const request = await findFinished(req.params.requestId, res);
    await sendTable(req, res, 'errors', withoutSeparatorLine(request), failedRows(requests, images, request), choice);
  };

  return createRoutes([
    ['/api/requests', { get: [...guards.pages, list] }],
    ['/api/status/:requestId', { get: [...guards.pages, status] }],
    ['/api/output/:requestId', { get: [...guards.downloads, output] }],
    ['/api/errors/:requestId', { get: [...guards.downloads, errors] }],
  ]);
};

/** Where the list goes on; a time is the place before everything created at it. */
const startOf = (after: string | undefined, before: Date | undefined): ListPlace | undefined => {
  const place = after === undefined ? undefined : listPlace(after);
  if (before === undefined || (place !== undefined && place.createdAt < before)) return place;
  return { createdAt: before, requestId: '' };
};

/** The file of failed rows starts with its header row. */
const withoutSeparatorLine = (request: RequestRecord): RequestRecord => ({
  ...request,
  csv: { ...request.csv, separatorLine: false },
});
