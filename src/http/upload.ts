import { createReadStream } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RequestHandler, Router } from 'express';
import multer, { MulterError } from 'multer';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { parseHttpUrl } from '../network/url.ts';
import type { Ingest, Upload } from '../requests/ingest.ts';
import { methodNotAllowed } from './problem.ts';
import { refuseWhenStopping, type Stopping, untilGivenUp } from './stopping.ts';

export interface UploadDeps {
  readonly ingest: Ingest;
  /** Where uploads lie while they are read; each is removed when its answer is sent. */
  readonly directory: string;
  readonly maxUploadBytes: number;
  readonly defaultWebhookSecret: string | null;
  readonly isWebhookSecret: (text: string) => boolean;
  /** The address of this instance, for links where none is configured. */
  readonly servedAt: () => string;
  readonly stopping: Stopping;
  /** Tells the dispatcher that there is work. */
  readonly onStored: (requestId: string) => void;
}

const FIELD_BYTES = 16 * 1024;

const fields = (isWebhookSecret: UploadDeps['isWebhookSecret']) =>
  z.strictObject({
    webhookUrl: z
      .string()
      .max(2048, 'is longer than 2048 characters')
      .refine(
        (text) => parseHttpUrl(text) !== null,
        'must be an http(s) URL, for example https://shop.example/hooks/images',
      )
      .optional(),
    webhookSecret: z.string().refine(isWebhookSecret, 'must be whsec_ and 24 to 64 bytes in base64').optional(),
    quality: z
      .string()
      .regex(/^\d{1,3}$/, 'must be a whole number from 1 to 100')
      .transform(Number)
      .refine((quality) => quality >= 1 && quality <= 100, 'must be a whole number from 1 to 100')
      .default(50),
    format: z.enum(['jpeg', 'webp', 'avif', 'png'], 'must be jpeg, webp, avif or png').default('jpeg'),
    onInvalidRow: z.enum(['reject', 'skip'], 'must be reject or skip').default('reject'),
  });

/** `POST /api/upload`: answers 202 only when the request and all its images are durable. */
export const uploadRoutes = (deps: UploadDeps): Router => {
  const receive = multer({
    dest: deps.directory,
    limits: { files: 1, fileSize: deps.maxUploadBytes, fields: 20, fieldSize: FIELD_BYTES, parts: 25, headerPairs: 50 },
  }).any();
  const schema = fields(deps.isWebhookSecret);

  const upload: RequestHandler = async (req, res) => {
    const files = Array.isArray(req.files) ? req.files : [];
    try {
      const [file] = files;
      if (file === undefined) throw new AppError('no_file');
      const parsed = schema.safeParse({ ...req.body });
      if (!parsed.success) throw invalidFields(parsed.error);
      const stored = await deps.ingest(
        () => createReadStream(file.path),
        toUpload(parsed.data, deps.defaultWebhookSecret, deps.servedAt()),
        deps.stopping.giveUp,
      );
      req.log.info({ requestId: stored.requestId, images: stored.total }, 'upload stored');
      deps.onStored(stored.requestId);
      res.status(202).location(`/api/status/${stored.requestId}`).json({ requestId: stored.requestId });
    } finally {
      await Promise.all(files.map((file) => rm(file.path, { force: true })));
    }
  };

  return Router()
    .post(
      '/api/upload',
      refuseWhenStopping(deps.stopping),
      multipartOnly,
      untilGivenUp(deps.stopping, orBadRequest(receive)),
      upload,
    )
    .all('/api/upload', methodNotAllowed('POST'));
};

const multipartOnly: RequestHandler = (req, _res, next) => {
  if (!req.is('multipart/form-data')) throw new AppError('unsupported_media_type');
  next();
};

/** The multipart parser throws bare errors for bodies that are cut off or malformed; those of the disk have a `syscall`. */
const orBadRequest =
  (receive: RequestHandler): RequestHandler =>
  (req, res, next) =>
    receive(req, res, (error?: unknown) => {
      if (!(error instanceof Error) || error instanceof MulterError) return next(error);
      if ('syscall' in error) return next(ofTheDisk(error));
      next(new AppError('invalid_request', `The multipart body cannot be read: ${error.message}.`, { cause: error }));
    });

/** Faults of the disk that pass without a change to the upload. */
const DISK_CODES = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE'];

const ofTheDisk = (error: Error): Error =>
  'code' in error && DISK_CODES.includes(String(error.code))
    ? new AppError('storage_unavailable', 'The server cannot store uploads at the moment. Try again later.', {
        cause: error,
      })
    : error;

/** Removes what uploads cut off by a crash left in their folder; returns how many files. */
export const sweepUploads = async (directory: string, olderThanMs: number): Promise<number> => {
  let removed = 0;
  for (const name of await readdir(directory).catch(() => [])) {
    const stats = await lstat(join(directory, name)).catch(() => null);
    if (stats === null || !stats.isFile() || Date.now() - stats.mtimeMs < olderThanMs) continue;
    await rm(join(directory, name), { force: true });
    removed += 1;
  }
  return removed;
};

const invalidFields = (error: z.ZodError): AppError => {
  const errors = error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? {
          field: issue.keys.join(', '),
          message: 'is not a field of this call; it takes webhookUrl, webhookSecret, quality, format and onInvalidRow',
        }
      : { field: issue.path.join('.'), message: issue.message },
  );
  const detail = errors.map(({ field, message }) => `${field} ${message}`).join('; ');
  return new AppError('invalid_field', `${detail}.`, { details: { errors } });
};

const toUpload = (data: z.infer<ReturnType<typeof fields>>, defaultSecret: string | null, servedAt: string): Upload => {
  const { webhookUrl: url, webhookSecret, quality, format, onInvalidRow } = data;
  const secret = webhookSecret ?? defaultSecret;
  return {
    options: { quality, format },
    onInvalidRow,
    ...(url === undefined ? {} : { webhook: { url, servedAt, ...(secret === null ? {} : { secret }) } }),
  };
};
