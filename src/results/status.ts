import { redactCredentials } from '../network/redact.ts';
import { OUTPUT_FORMATS } from '../output-formats.ts';
import type { ImageStore } from '../requests/image-store.ts';
import { finishedImages, percentDone } from '../requests/transitions.ts';
import type { ImageRecord, RequestRecord, RequestState } from '../requests/types.ts';
import { outputName } from '../storage/storage.ts';
import { shownOutputs } from './stored-outputs.ts';

/** The webhook outbox's view of a request's newest event. */
export interface WebhookSummary {
  readonly state: string;
  readonly attempts: number;
  readonly lastStatus: number | null;
}

export interface StatusPage {
  /** Position of the last image of the previous page; -1 for the first page. */
  readonly after: number;
  readonly limit: number;
}

/** Internal states by what people see in their place. */
const SHOWN_AS: Partial<Record<RequestState, RequestState>> = { cancelling: 'processing', retrying: 'processing' };

export const publicState = (state: RequestState): RequestState => SHOWN_AS[state] ?? state;

/** Maximum size of a page's images in UTF-8: with long URLs a page ends before its `limit`, and `next` points after it. */
export const PAGE_BYTES = 2 * 1024 * 1024;
/** Approximate size of a slice: bounds what is read and generated at once, and what a stalled client keeps in memory. */
const SLICE_BYTES = 64 * 1024;
/** Images in the first slice, when their size is unknown: a URL can have 8,192 characters. */
const FIRST_SLICE = 20;
const LARGEST_SLICE = 500;

/**
 * Streams the JSON of `GET /api/status/:requestId` from a request and one page of its images in slices. A slice is
 * generated once the previous one has been consumed, and other work runs in between.
 */
export const createStatusView = (images: ImageStore, outputUrl: (name: string) => string) =>
  async function* (request: RequestRecord, webhook: WebhookSummary | null, page: StatusPage): AsyncGenerator<string> {
    const head = {
      ...summaryOf(request),
      webhook:
        request.webhook === undefined
          ? null
          : {
              ...(webhook ?? { state: 'waiting', attempts: 0, lastStatus: null }),
              url: redactCredentials(request.webhook.url),
            },
      report: request.report ?? null,
    };
    let text = `${JSON.stringify(head).slice(0, -1)},"products":[`;
    let written = 0;
    let last: ImageRecord | null = null;
    let count = FIRST_SLICE;
    const from = page.after + 1;
    const end = Math.min(from + page.limit, request.total);
    for (let seq = from; seq < end && written < PAGE_BYTES; ) {
      const shown = await images.page(request._id, seq, Math.min(seq + count, end));
      // The request is being removed.
      if (shown.length === 0) break;
      let made = 0;
      for (const image of shown) {
        const before = text.length;
        if (last?.row !== image.row) {
          text += `${last === null ? '' : ']},'}${productHead(last === null ? await namesOf(images, image) : image)}`;
        } else {
          text += ',';
        }
        text += JSON.stringify(shownImage(image, request, outputUrl));
        last = image;
        made += Buffer.byteLength(text.slice(before));
        if (written + made >= PAGE_BYTES) break;
      }
      written += made;
      seq = (last?.seq ?? end) + 1;
      count = Math.min(LARGEST_SLICE, Math.max(1, Math.floor((SLICE_BYTES * shown.length) / made)));
      yield text;
      text = '';
    }
    const more = last !== null && last.seq < request.total - 1;
    const next = more ? `/api/status/${request._id}?limit=${page.limit}&after=${last?.seq}` : null;
    yield `${text}${last === null ? '' : ']}'}],"next":${JSON.stringify(next)}}`;
  };

export const progressOf = ({ counters, total, skipped = 0 }: Pick<RequestRecord, 'counters' | 'total' | 'skipped'>) => {
  const finished = Math.min(finishedImages(counters), total);
  return {
    total,
    completed: counters.completed,
    failed: counters.failed,
    skipped: Math.min(skipped, counters.failed),
    cancelled: counters.cancelled,
    pending: total - finished,
    percent: percentDone(finished, total),
  };
};

/** Bytes of the completed images, before and after; `savedPercent` has one decimal and is negative if they grew. */
export const bytesOf = ({ counters: { bytesIn, bytesOut } }: Pick<RequestRecord, 'counters'>) => ({
  in: bytesIn,
  out: bytesOut,
  savedPercent: savedPercent(bytesIn, bytesOut),
});

export const savedPercent = (bytesIn: number, bytesOut: number): number =>
  bytesIn === 0 ? 0 : Math.round((1000 * (bytesIn - bytesOut)) / bytesIn) / 10;

/** The current run, and how much of the request was finished when it began. */
const runOf = ({ run, skipped = 0, finishedBefore }: Pick<RequestRecord, 'run' | 'skipped' | 'finishedBefore'>) => ({
  number: run,
  ...(run === 1 ? { finishedBefore: skipped } : finishedBefore !== undefined && { finishedBefore }),
});

/** What its client attached. */
export const ownDataOf = ({ label, metadata = '{}' }: Pick<RequestRecord, 'label' | 'metadata'>) => ({
  label: label ?? null,
  metadata: JSON.parse(metadata) as Record<string, string>,
});

/** The fields of a request that its summary is made of. */
export const SUMMARY_FIELDS = {
  ...{ name: 1, label: 1, metadata: 1, state: 1, run: 1, createdAt: 1, startedAt: 1, finishedAt: 1, options: 1 },
  ...{ total: 1, counters: 1, skipped: 1, finishedBefore: 1, limitedBy: 1 },
} as const;

/** An entry of the list of requests. */
export const summaryOf = (request: Pick<RequestRecord, '_id' | keyof typeof SUMMARY_FIELDS>) => ({
  requestId: request._id,
  name: request.name ?? null,
  ...ownDataOf(request),
  status: publicState(request.state),
  stopping: request.state === 'cancelling',
  createdAt: request.createdAt,
  startedAt: request.startedAt ?? null,
  finishedAt: request.finishedAt ?? null,
  options: { mozjpeg: false, progressive: false, ...request.options },
  progress: progressOf(request),
  run: runOf(request),
  bytes: bytesOf(request),
  // What the last count of a run left means nothing after it.
  ...(request.state === 'processing' && request.limitedBy !== undefined && { limitedBy: request.limitedBy }),
});

type ProductNames = Pick<ImageRecord, 'row' | 'serialNumber' | 'productName'>;

/** A page may start within a row, but only the row's first image has the product's names. */
const namesOf = async (images: ImageStore, image: ImageRecord): Promise<ProductNames> => {
  if (image.index === 0 || image.productName !== undefined) return image;
  const first = image.seq - image.index;
  return (await images.page(image.requestId, first, first + 1))[0] ?? { row: image.row };
};

/** The start of a product's JSON, up to its first image. */
const productHead = ({ row, serialNumber = '', productName = '' }: ProductNames): string =>
  `${JSON.stringify({ row: row + 1, serialNumber, productName }).slice(0, -1)},"images":[`;

const shownImage = (image: ImageRecord, { options }: RequestRecord, outputUrl: (name: string) => string) => {
  const completed = image.status === 'completed';
  return {
    id: image._id,
    index: image.index,
    inputUrl: redactCredentials(image.inputUrl),
    status: image.status,
    outputUrl: completed ? outputUrl(outputName(image._id, options.format)) : null,
    contentType: completed ? OUTPUT_FORMATS[options.format].contentType : null,
    bytesIn: image.bytesIn ?? null,
    bytesOut: image.bytesOut ?? null,
    width: image.width ?? null,
    height: image.height ?? null,
    notes: image.notes ?? [],
    attempts: image.attempts,
    error: image.error ?? null,
    ...(image.skipped === true && { skipped: true }),
    ...(options.outputs === undefined ? {} : { outputs: shownOutputs(image, options, outputUrl) }),
  };
};
