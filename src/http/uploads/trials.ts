import type { Request, Response } from 'express';
import { v4 as uuid } from 'uuid';
import { sourceError } from '../../csv/urls.ts';
import { AppError, type ImageErrorCode } from '../../errors.ts';
import type { ImageResult, ImageTask } from '../../images/task.ts';
import { redactCredentials } from '../../network/redact.ts';
import { OUTPUT_FORMATS } from '../../output-formats.ts';
import type { RequestOptions } from '../../requests/types.ts';
import { clientOf } from '../client.ts';
import { type TrialFields, trialFields } from '../parameters/trial.ts';
import { encodingOptions } from '../parameters/upload.ts';
import { readFields } from '../parameters/values.ts';
import { createSlots } from '../readers/slots.ts';
import { streamText } from '../readers/stream-text.ts';
import type { Stopping } from '../stopping.ts';
import { whileConnected } from '../while-connected.ts';
import type { ReceivedBody } from './reading/body.ts';

export interface TrialDeps {
  /** Processes an image of no request; null for the result if its host cannot be asked now. Null: no workers here. */
  readonly run: ((task: ImageTask, signal: AbortSignal) => Promise<ImageResult | null>) | null;
  readonly isWebhookSecret: (text: string) => boolean;
  readonly sourceBuckets: readonly string[];
  /** Unfinished images of a client, and how many it may have. */
  readonly unfinished: (client: string) => Promise<number>;
  readonly maxUnfinished: number;
  readonly stopping: Stopping;
  readonly seconds?: number;
}

/** Of each output in the answer, which is held in memory until the client has read it. */
export const MAX_RETURNED_BYTES = 4 * 1024 * 1024;
const SECONDS = 60;
/** Few at a time, so that the images of jobs hardly notice. */
const AT_ONCE = { most: 2, mostPerClient: 1, waiting: 16, waitingPerClient: 2, waitMs: 20_000 };

export type Trials = ReturnType<typeof createTrials>;

/** Compresses single images as an upload would, and answers with the outputs; nothing is stored. */
export const createTrials = ({ run, stopping, seconds = SECONDS, ...deps }: TrialDeps) => {
  const schema = trialFields(deps.isWebhookSecret);
  const slots = createSlots(
    AT_ONCE,
    (shortage) => new AppError(shortage === 'client' ? 'too_many_previews' : 'previews_busy'),
  );

  const assertWithinQuota = async (client: string, added: number): Promise<void> => {
    const queued = await deps.unfinished(client);
    if (queued + added <= deps.maxUnfinished) return;
    const details = { limit: deps.maxUnfinished, queued, added };
    throw new AppError('quota_exceeded', undefined, { details });
  };

  /** Never rejects, and settles when the pool is done with it, which may be later than the signal. */
  const tryOne = async (url: string, options: RequestOptions, signal: AbortSignal): Promise<ImageResult> => {
    const error = sourceError(url, deps.sourceBuckets);
    if (error !== null) {
      return failure(error.code === 'csv_invalid_url' ? 'invalid_url' : 'source_bucket_not_allowed', error.message);
    }
    const task = { id: uuid(), url, ...options, returnUpTo: MAX_RETURNED_BYTES };
    return (await run?.(task, signal)) ?? failure('source_unavailable', BUSY_SERVER);
  };

  const tryAll = async (client: string, fields: TrialFields, res: Response, gone: AbortSignal): Promise<Tried[]> => {
    const slot = await slots.take(client, 0, gone);
    const late = AbortSignal.timeout(seconds * 1000);
    const signal = AbortSignal.any([gone, late]);
    const options = encodingOptions(withFirstOnly(fields));
    const running = fields.urls.map((url) => tryOne(url, options, signal));
    const answered = new Promise((resolve) => res.once('close', resolve));
    // What is encoded goes on after its client has left, and counts until it ends.
    void Promise.allSettled([...running, answered]).then(() => slot.release());
    const over = new Promise<ImageResult>((resolve) => {
      const tooLate = `The preview did not finish within ${seconds} seconds.`;
      signal.addEventListener('abort', () => resolve(failure('processing_timeout', tooLate)), { once: true });
    });
    const results = await Promise.all(running.map((one) => Promise.race([one, over])));
    gone.throwIfAborted();
    return results.map((result, at) => ({ url: fields.urls[at] ?? '', format: options.format, result }));
  };

  return {
    /**
     * The fields of a call that tries images; null for one with a file.
     * @throws AppError `invalid_field`, `previews_unavailable`
     */
    fieldsOf(req: Request, { file, fields }: ReceivedBody): TrialFields | null {
      if (!('urls' in fields) && !('urls' in req.query)) return null;
      if (file !== null) throw urlsAndFile();
      const given = readFields(schema, { ...req.query, ...fields });
      if (run === null) throw new AppError('previews_unavailable');
      return given;
    },

    async answer(req: Request, res: Response, fields: TrialFields): Promise<void> {
      const client = clientOf(req, res);
      await assertWithinQuota(client, fields.urls.length);
      const tried = await whileConnected(res, stopping.giveUp, (gone) => tryAll(client, fields, res, gone));
      const failed = tried.filter(({ result }) => !result.ok).length;
      req.log.info({ images: tried.length, failed }, 'images tried');
      res.set('Cache-Control', 'no-store').type('json');
      await streamText(req, res, shownTrials(tried));
    },
  };
};

interface Tried {
  readonly url: string;
  readonly format: RequestOptions['format'];
  readonly result: ImageResult;
}

const BUSY_SERVER = 'The image server is busy or is rate-limiting this service. Try again in a moment.';

const failure = (code: ImageErrorCode, message: string): ImageResult => ({
  ok: false,
  code,
  message,
  retryable: false,
});

/** Only the first output of several. */
const withFirstOnly = ({ outputs, ...fields }: TrialFields): TrialFields => ({
  ...fields,
  ...(outputs === undefined ? {} : { outputs: outputs.split(',', 1)[0] ?? '' }),
});

const urlsAndFile = (): AppError => {
  const message = 'cannot be combined with a file; send one of the two';
  return new AppError('invalid_field', `urls ${message}.`, { details: { errors: [{ field: 'urls', message }] } });
};

/** Image by image, each with megabytes of text. */
async function* shownTrials(tried: readonly Tried[]): AsyncGenerator<string> {
  yield '{"images":[';
  for (const [at, one] of tried.entries()) yield `${at === 0 ? '' : ','}${JSON.stringify(shown(one))}`;
  yield ']}';
}

const NOTHING = { contentType: null, bytesIn: null, bytesOut: null, width: null, height: null, notes: [], data: null };

const shown = ({ url, format, result }: Tried) => {
  const inputUrl = redactCredentials(url);
  if (!result.ok) return { inputUrl, ...NOTHING, error: { code: result.code, message: result.message } };
  const { bytesIn, bytesOut, width, height, notes, output } = result;
  return {
    ...{ inputUrl, contentType: OUTPUT_FORMATS[format].contentType, bytesIn, bytesOut, width, height, notes },
    data: output === undefined ? null : Buffer.from(output).toString('base64'),
    error: null,
  };
};
