import { createReadStream } from 'node:fs';
import type { Request, RequestHandler, Response, Router } from 'express';
import { inspectTable, type TableInspection } from '../../csv/inspect.ts';
import { openCsv } from '../../csv/read.ts';
import type { CsvLimits } from '../../csv/table.ts';
import { AppError } from '../../errors.ts';
import type { Ingest, Ingested, Upload } from '../../requests/ingest.ts';
import type { OpenedKey, UploadKeys } from '../../requests/upload-keys.ts';
import { clientOf, tenantOf } from '../client.ts';
import { readFields, readUploadKey, type UploadFields, uploadFields } from '../parameters.ts';
import { limitRate } from '../rate-limit.ts';
import { createRoutes } from '../routing.ts';
import { refuseWhenStopping, type Stopping } from '../stopping.ts';
import { describeFile } from '../uploads/describe-file.ts';
import { fingerprintOf } from '../uploads/fingerprint.ts';
import { announcedBytes, type ReceiveOptions, receiveMultipart, removeFiles } from '../uploads/receive.ts';
import type { UploadPlace, UploadPlaces } from '../uploads/upload-places.ts';

export interface UploadDeps {
  readonly ingest: Ingest;
  readonly limits: CsvLimits;
  readonly keys: Pick<UploadKeys, 'open'>;
  /** Where and how uploads are received; each file is removed before its response is sent. */
  readonly receive: ReceiveOptions;
  /** Limits the uploads in progress. */
  readonly places: UploadPlaces;
  /** Uploads per minute for each tenant or address; 0: no limit. */
  readonly perMinute: number;
  readonly defaultWebhookSecret: string | null;
  readonly isWebhookSecret: (text: string) => boolean;
  /** URL of this instance, for links if PUBLIC_URL is not set. */
  readonly servedAt: () => string;
  readonly stopping: Stopping;
  /** Called with each stored upload, for the dispatcher and the metrics. */
  readonly onStored: (stored: Ingested) => void;
}

/** Without `total`, an earlier upload with the same key stored the images. */
type Stored =
  | Ingested
  | { readonly requestId: string; readonly total?: undefined; readonly inspection: TableInspection };

type Whose = Pick<Upload, 'tenant' | 'client'>;

/** `POST /api/upload`: answers 202 once the request and all its images are stored durably. */
export const uploadRoutes = (deps: UploadDeps): Router => {
  const schema = uploadFields(deps.isWebhookSecret);

  const receive = receiveMultipart(deps.receive);

  const store = async (
    req: Request,
    whose: Whose,
    opened: OpenedKey | undefined,
    place: UploadPlace,
  ): Promise<Stored> => {
    try {
      const [file] = Array.isArray(req.files) ? req.files : [];
      if (file === undefined) throw new AppError('no_file');
      await place.storing(file.size);
      const open = () => createReadStream(file.path);
      const fields = readFields(schema, req.body);
      const upload = toUpload(fields, deps.defaultWebhookSecret, deps.servedAt(), whose);
      const table = await openCsv(open, deps.limits, fields);
      if (opened === undefined) return await deps.ingest(table, upload, place.signal);
      const fingerprint = await fingerprintOf(open, fields);
      if (opened.kind === 'claimed') {
        const { keyId, bind } = opened.claim;
        const key = { id: keyId, bind: (requestId: string) => bind(requestId, fingerprint) };
        return await deps.ingest(table, { ...upload, key }, place.signal);
      }
      if (opened.fingerprint !== fingerprint) throw new AppError('idempotency_key_reused');
      return { requestId: opened.requestId, inspection: await inspectTable(table, fields.onInvalidRow) };
    } finally {
      // Before the response, so that the file is gone once the client has it.
      await removeFiles(req);
    }
  };

  const takePlace = async (req: Request, res: Response): Promise<UploadPlace> => {
    const announced = announcedBytes(req, deps.receive.maxUploadBytes);
    const gone = new AbortController();
    const cutOff = (): void => gone.abort(new AppError('invalid_request', 'The upload was interrupted.'));
    const { giveUp } = deps.stopping;
    const stop = (): void => gone.abort(giveUp.reason);
    res.once('close', cutOff);
    giveUp.addEventListener('abort', stop);
    try {
      return await deps.places.take(clientOf(req, res), announced, gone.signal);
    } finally {
      res.off('close', cutOff);
      giveUp.removeEventListener('abort', stop);
    }
  };

  const receiveAndStore = async (req: Request, res: Response, place: UploadPlace): Promise<Stored> => {
    const whose = { tenant: tenantOf(res), client: clientOf(req, res) };
    const key = readUploadKey(req.headersDistinct['idempotency-key']);
    // Before the body is read, so that a concurrent upload with the same key is rejected before it sends its file.
    const opened = key === undefined ? undefined : await deps.keys.open(whose.tenant, key);
    try {
      await receive(req, res, place);
      return await store(req, whose, opened, place);
    } finally {
      // Before the response, so that a rejected client can use the key again immediately.
      if (opened?.kind === 'claimed') await opened.claim.release();
    }
  };

  const upload: RequestHandler = async (req, res) => {
    const place = await takePlace(req, res);
    const stored = await receiveAndStore(req, res, place).finally(() => place.release());
    const { requestId } = stored;
    if (stored.total === undefined) {
      req.log.info({ requestId }, 'upload repeated');
      res.set('Idempotency-Replayed', 'true');
    } else {
      req.log.info({ requestId, images: stored.total }, 'upload stored');
      deps.onStored(stored);
    }
    res
      .status(202)
      .location(`/api/status/${requestId}`)
      .json({ requestId, file: describeFile(stored.inspection) });
  };

  const limited = limitRate(deps.perMinute, 'uploads');
  return createRoutes([['/api/upload', { post: [refuseWhenStopping(deps.stopping), multipartOnly, limited, upload] }]]);
};

const multipartOnly: RequestHandler = (req, _res, next) => {
  if (!req.is('multipart/form-data')) throw new AppError('unsupported_media_type');
  next();
};

const toUpload = (fields: UploadFields, defaultSecret: string | null, servedAt: string, whose: Whose): Upload => {
  const { webhookUrl: url, webhookSecret, quality, format, mozjpeg, progressive, onInvalidRow } = fields;
  const { output: mode, formulas, bom } = fields;
  const secret = webhookSecret ?? defaultSecret;
  return {
    options: { quality, format, mozjpeg, progressive },
    onInvalidRow,
    output: { mode, formulas, ...(bom === undefined ? {} : { bom }) },
    ...(url === undefined ? {} : { webhook: { url, servedAt, ...(secret === null ? {} : { secret }) } }),
    ...whose,
  };
};
