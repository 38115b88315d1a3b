import type { RequestHandler, Router } from 'express';
import { inspectTable, type TableInspection } from '../../csv/inspect.ts';
import { AppError } from '../../errors.ts';
import type { Ingest, Ingested, Upload } from '../../requests/ingest.ts';
import type { OpenedKey, UploadKeys } from '../../requests/upload-keys.ts';
import { clientOf, tenantOf } from '../client.ts';
import { isOwn } from '../parameters/own-data.ts';
import type { TrialFields } from '../parameters/trial.ts';
import { encodingOptions, readUploadKey, type UploadFields } from '../parameters/upload.ts';
import { limitRate } from '../rate-limit.ts';
import { createRoutes } from '../routing.ts';
import { refuseWhenStopping } from '../stopping.ts';
import { describeFile } from '../uploads/describe-file.ts';
import { fingerprintOf } from '../uploads/fingerprint.ts';
import { createIntake, type IntakeDeps, type ReceivedTable } from '../uploads/intake.ts';
import { previewTable, type TablePreview } from '../uploads/preview.ts';
import { assertReadable } from '../uploads/reading/receive.ts';
import { createTrials, type TrialDeps } from '../uploads/trials.ts';

export interface UploadDeps extends IntakeDeps {
  readonly ingest: Ingest;
  readonly keys: Pick<UploadKeys, 'open'>;
  readonly trials: Omit<TrialDeps, 'stopping' | 'isWebhookSecret'>;
  /** Uploads per minute for each tenant or address, and previews; 0: no limit. */
  readonly perMinute: number;
  readonly defaultWebhookSecret: string | null;
  /** URL of this instance, for links if PUBLIC_URL is not set. */
  readonly servedAt: () => string;
  /** Called with each stored upload, for the dispatcher and the metrics. */
  readonly onStored: (stored: Ingested) => void;
}

/** Without `total`, an earlier upload with the same key stored the images. */
type Stored =
  | Ingested
  | { readonly requestId: string; readonly total?: undefined; readonly inspection: TableInspection };

type Whose = Pick<Upload, 'tenant' | 'client'>;

/**
 * `POST /api/upload`: answers 202 once the request and all its images are stored durably. `POST /api/preview`: takes the
 * same, or the URLs of single images, and stores nothing.
 */
export const uploadRoutes = (deps: UploadDeps): Router => {
  const intake = createIntake(deps);
  const { stopping, isWebhookSecret } = deps;
  const trials = createTrials({ ...deps.trials, stopping, isWebhookSecret });

  const store = async (
    { table, identity, fields, name }: ReceivedTable,
    whose: Whose,
    opened: OpenedKey | undefined,
    signal: AbortSignal,
  ): Promise<Stored> => {
    const upload = {
      ...toUpload(fields, deps.defaultWebhookSecret, deps.servedAt(), whose),
      ...(name === null ? {} : { name }),
    };
    if (opened === undefined) return deps.ingest(table, upload, signal);
    const fingerprint = await fingerprintOf(identity, sinceFirstRelease(fields));
    if (opened.kind === 'claimed') {
      const { keyId, bind } = opened.claim;
      const key = { id: keyId, bind: (requestId: string) => bind(requestId, fingerprint) };
      return deps.ingest(table, { ...upload, key }, signal);
    }
    if (opened.fingerprint !== fingerprint) throw new AppError('idempotency_key_reused');
    return { requestId: opened.requestId, inspection: await inspectTable(table, fields.onInvalidRow) };
  };

  const upload: RequestHandler = async (req, res) => {
    const whose = { tenant: tenantOf(res), client: clientOf(req, res) };
    const stored = await intake.inPlace(req, res, async (place) => {
      const key = readUploadKey(req.headersDistinct['idempotency-key']);
      // Before the body is read, so that a concurrent upload with the same key is rejected before it sends its file.
      const opened = key === undefined ? undefined : await deps.keys.open(whose.tenant, key);
      try {
        return await intake.withTable(req, res, place, (received) => store(received, whose, opened, place.signal));
      } finally {
        // Before the response, so that a rejected client can use the key again immediately.
        if (opened?.kind === 'claimed') await opened.claim.release();
      }
    });
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

  const preview: RequestHandler = async (req, res) => {
    const found = await intake.inPlace(req, res, (place) =>
      intake.withTable<TablePreview | TrialFields>(
        ...([req, res, place] as const),
        ({ table, fields }) => previewTable(table, fields.onInvalidRow),
        (body) => trials.fieldsOf(req, body),
      ),
    );
    if ('urls' in found) await trials.answer(req, res, found);
    else res.set('Cache-Control', 'no-store').json(found);
  };

  const readable: RequestHandler = (req, _res, next) => {
    assertReadable(req);
    next();
  };
  const running = refuseWhenStopping(deps.stopping);
  // Counted apart, so that looking at a file first does not halve the uploads.
  return createRoutes([
    ['/api/upload', { post: [running, readable, limitRate(deps.perMinute, 'uploads'), upload] }],
    ['/api/preview', { post: [running, readable, limitRate(deps.perMinute, 'previews'), preview] }],
  ]);
};

/** Without newer fields at their defaults, so that an upload repeated after an upgrade has the same fingerprint. */
const sinceFirstRelease = ({
  output,
  formulas,
  metadata,
  keepMetadata,
  ...fields
}: UploadFields): Readonly<Record<string, unknown>> => ({
  ...fields,
  ...(output === 'add' ? {} : { output }),
  ...(formulas === 'escape' ? {} : { formulas }),
  ...(metadata === 'none' ? {} : { metadata }),
  ...(keepMetadata === 'none' ? {} : { keepMetadata }),
});

const toUpload = (fields: UploadFields, defaultSecret: string | null, servedAt: string, whose: Whose): Upload => {
  const { webhookUrl: url, webhookSecret, onInvalidRow, output: mode, formulas, bom, label, metadata } = fields;
  const secret = webhookSecret ?? defaultSecret;
  return {
    options: encodingOptions(fields),
    onInvalidRow,
    ...(label === undefined || label === '' ? {} : { label }),
    ...(isOwn(metadata) ? { metadata } : {}),
    output: { mode, formulas, ...(bom === undefined ? {} : { bom }) },
    ...(url === undefined ? {} : { webhook: { url, servedAt, ...(secret === null ? {} : { secret }) } }),
    ...whose,
  };
};
