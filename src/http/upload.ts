import { createReadStream } from 'node:fs';
import { type Request, type RequestHandler, Router } from 'express';
import { AppError } from '../errors.ts';
import type { Ingest, Upload } from '../requests/ingest.ts';
import { clientKey } from './access.ts';
import { readFields, type UploadFields, uploadFields } from './parameters.ts';
import { methodNotAllowed } from './problem.ts';
import { limitRate } from './rate-limit.ts';
import { type ReceiveOptions, receiveMultipart, removeFiles } from './receive.ts';
import { refuseWhenStopping, type Stopping, untilGivenUp } from './stopping.ts';

export interface UploadDeps {
  readonly ingest: Ingest;
  /** Where and how uploads are received; each file is removed when its answer is sent. */
  readonly receive: ReceiveOptions;
  /** Uploads a minute for each key or address; 0: no limit. */
  readonly perMinute: number;
  readonly defaultWebhookSecret: string | null;
  readonly isWebhookSecret: (text: string) => boolean;
  /** The address of this instance, for links where none is configured. */
  readonly servedAt: () => string;
  readonly stopping: Stopping;
  /** Tells the dispatcher that there is work. */
  readonly onStored: (requestId: string) => void;
}

type Stored = Awaited<ReturnType<Ingest>>;

/** `POST /api/upload`: answers 202 only when the request and all its images are durable. */
export const uploadRoutes = (deps: UploadDeps): Router => {
  const schema = uploadFields(deps.isWebhookSecret);

  const store = async (req: Request, owner: string | undefined): Promise<Stored> => {
    try {
      const [file] = Array.isArray(req.files) ? req.files : [];
      if (file === undefined) throw new AppError('no_file');
      const upload = toUpload(readFields(schema, req.body), deps.defaultWebhookSecret, deps.servedAt(), owner);
      return await deps.ingest(() => createReadStream(file.path), upload, deps.stopping.giveUp);
    } finally {
      // Before the answer: whoever has it may rely on the file being gone.
      await removeFiles(req);
    }
  };

  const upload: RequestHandler = async (req, res) => {
    const { requestId, total } = await store(req, clientKey(res));
    req.log.info({ requestId, images: total }, 'upload stored');
    deps.onStored(requestId);
    res.status(202).location(`/api/status/${requestId}`).json({ requestId });
  };

  return Router()
    .post(
      '/api/upload',
      refuseWhenStopping(deps.stopping),
      multipartOnly,
      limitRate(deps.perMinute, 'uploads'),
      untilGivenUp(deps.stopping, receiveMultipart(deps.receive)),
      upload,
    )
    .all('/api/upload', methodNotAllowed('POST'));
};

const multipartOnly: RequestHandler = (req, _res, next) => {
  if (!req.is('multipart/form-data')) throw new AppError('unsupported_media_type');
  next();
};

const toUpload = (
  fields: UploadFields,
  defaultSecret: string | null,
  servedAt: string,
  owner: string | undefined,
): Upload => {
  const { webhookUrl: url, webhookSecret, quality, format, onInvalidRow } = fields;
  const secret = webhookSecret ?? defaultSecret;
  return {
    options: { quality, format },
    onInvalidRow,
    ...(url === undefined ? {} : { webhook: { url, servedAt, ...(secret === null ? {} : { secret }) } }),
    ...(owner === undefined ? {} : { owner }),
  };
};
