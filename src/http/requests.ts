import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type RequestHandler, Router } from 'express';
import { validate as isUuid } from 'uuid';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { ImageStore } from '../requests/image-store.ts';
import { outputCsv } from '../requests/output.ts';
import type { RequestStore } from '../requests/request-store.ts';
import { createStatusView, type WebhookSummary } from '../requests/status.ts';
import { isFinal } from '../requests/transitions.ts';
import type { RequestRecord } from '../requests/types.ts';
import { methodNotAllowed } from './problem.ts';

export interface RequestRoutesDeps {
  readonly requests: RequestStore;
  readonly images: ImageStore;
  /** The URL under which an output can be fetched. */
  readonly outputUrl: (name: string) => string;
  readonly webhookOf: (requestId: string) => Promise<WebhookSummary | null>;
}

const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;

const wholeNumber = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max)
    .optional()
    .transform((value) => value ?? fallback);

const LIMIT = wholeNumber(1, MAX_LIMIT, DEFAULT_LIMIT);
const AFTER = wholeNumber(0, 999_999_999, -1);

/** `GET /api/status/:requestId` and `GET /api/output/:requestId`. */
export const requestRoutes = (deps: RequestRoutesDeps): Router => {
  const { requests, images, outputUrl, webhookOf } = deps;
  const view = createStatusView(images, outputUrl);

  const find = async (id: unknown): Promise<RequestRecord> => {
    // The check comes first: what is not a UUID never reaches the database.
    const request = typeof id === 'string' && isUuid(id) ? await requests.find(id.toLowerCase()) : null;
    if (request === null) throw new AppError('request_not_found');
    return request;
  };

  const status: RequestHandler = async (req, res) => {
    const page = {
      limit: readNumber(LIMIT, req.query.limit, 'limit', `1 to ${MAX_LIMIT}`),
      after: readNumber(AFTER, req.query.after, 'after', '0 up'),
    };
    const request = await find(req.params.requestId);
    const webhook = request.webhook === undefined ? null : await webhookOf(request._id);
    res.set('Cache-Control', 'no-store').json(await view(request, webhook, page));
  };

  const output: RequestHandler = async (req, res) => {
    const request = await find(req.params.requestId);
    if (!isFinal(request.state)) throw new AppError('not_finished');
    res.set('Cache-Control', 'no-store').type('text/csv').attachment(`output-${request._id}.csv`);
    if (req.method === 'HEAD') {
      res.end();
      return;
    }
    await pipeline(Readable.from(outputCsv(requests, images, request, outputUrl)), res);
  };

  return Router()
    .get('/api/status/:requestId', status)
    .all('/api/status/:requestId', methodNotAllowed('GET', 'HEAD'))
    .get('/api/output/:requestId', output)
    .all('/api/output/:requestId', methodNotAllowed('GET', 'HEAD'));
};

const readNumber = (schema: typeof LIMIT, value: unknown, name: string, allowed: string): number => {
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new AppError('invalid_field', `The query parameter "${name}" must be a whole number, ${allowed}.`);
  return parsed.data;
};
