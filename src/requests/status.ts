import { redactCredentials } from '../network/redact.ts';
import { OUTPUT_FORMATS, outputName } from '../storage/storage.ts';
import type { ImageStore } from './image-store.ts';
import { finishedImages, percentDone } from './transitions.ts';
import type { ImageRecord, RequestRecord, RequestState } from './types.ts';

/** What the webhook's outbox tells of a request's newest event. */
export interface WebhookSummary {
  readonly state: string;
  readonly attempts: number;
  readonly lastStatus: number | null;
}

export interface StatusPage {
  /** Only images after this position; -1 for the first page. */
  readonly after: number;
  readonly limit: number;
}

/** The states that people see; what happens inside is told by its nearest public name. */
const PUBLIC_STATES: Partial<Record<RequestState, RequestState>> = { cancelling: 'processing', retrying: 'processing' };

/** Builds the answer of `GET /api/status/:requestId` from one request and one page of its images. */
export const createStatusView =
  (images: ImageStore, outputUrl: (name: string) => string) =>
  async (request: RequestRecord, webhook: WebhookSummary | null, page: StatusPage) => {
    const from = page.after + 1;
    const shown = await images.page(request._id, from, Math.min(from + page.limit, request.total));
    const last = shown.at(-1);
    const names = await namesOf(images, shown[0]);
    const more = last !== undefined && last.seq < request.total - 1;
    return {
      ...summaryOf(request),
      webhook:
        request.webhook === undefined
          ? null
          : {
              ...(webhook ?? { state: 'waiting', attempts: 0, lastStatus: null }),
              url: redactCredentials(request.webhook.url),
            },
      report: request.report ?? null,
      products: groupByRow(shown, names, request, outputUrl),
      next: more ? `/api/status/${request._id}?limit=${page.limit}&after=${last.seq}` : null,
    };
  };

export const progressOf = ({ counters, total }: Pick<RequestRecord, 'counters' | 'total'>) => {
  const finished = Math.min(finishedImages(counters), total);
  return {
    total,
    completed: counters.completed,
    failed: counters.failed,
    cancelled: counters.cancelled,
    pending: total - finished,
    percent: percentDone(finished, total),
  };
};

/** Bytes of the completed images, before and after; `savedPercent` with one decimal, negative when they grew. */
export const bytesOf = ({ counters: { bytesIn, bytesOut } }: Pick<RequestRecord, 'counters'>) => ({
  in: bytesIn,
  out: bytesOut,
  savedPercent: savedPercent(bytesIn, bytesOut),
});

export const savedPercent = (bytesIn: number, bytesOut: number): number =>
  bytesIn === 0 ? 0 : Math.round((1000 * (bytesIn - bytesOut)) / bytesIn) / 10;

/** One line of the list of requests. */
export const summaryOf = (
  request: Pick<
    RequestRecord,
    '_id' | 'state' | 'createdAt' | 'startedAt' | 'finishedAt' | 'options' | 'total' | 'counters'
  >,
) => ({
  requestId: request._id,
  status: PUBLIC_STATES[request.state] ?? request.state,
  createdAt: request.createdAt,
  startedAt: request.startedAt ?? null,
  finishedAt: request.finishedAt ?? null,
  options: { mozjpeg: false, progressive: false, ...request.options },
  progress: progressOf(request),
  bytes: bytesOf(request),
});

type ProductNames = Pick<ImageRecord, 'serialNumber' | 'productName'>;

/** A page may begin inside a row: the product's names are with the row's first image alone. */
const namesOf = async (images: ImageStore, image: ImageRecord | undefined): Promise<ProductNames> => {
  if (image === undefined || image.index === 0 || image.productName !== undefined) return image ?? {};
  const first = image.seq - image.index;
  return (await images.page(image.requestId, first, first + 1))[0] ?? {};
};

/** @param firstNames the names of the first image's product */
const groupByRow = (
  images: readonly ImageRecord[],
  firstNames: ProductNames,
  { options }: RequestRecord,
  outputUrl: (name: string) => string,
) => {
  const products = new Map<number, { serialNumber: string; productName: string; images: unknown[] }>();
  for (const image of images) {
    let product = products.get(image.row);
    if (product === undefined) {
      const { serialNumber = '', productName = '' } = products.size === 0 ? firstNames : image;
      product = { serialNumber, productName, images: [] };
      products.set(image.row, product);
    }
    const completed = image.status === 'completed';
    product.images.push({
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
    });
  }
  return [...products.values()];
};
