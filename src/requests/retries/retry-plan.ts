import { readUrl } from '../../csv/urls.ts';
import { AppError, type ErrorCode } from '../../errors.ts';
import type { ImageRecord, RequestRecord } from '../types.ts';
import type { Correction, StoredCorrection } from './correction.ts';

export type CorrectedImage = Pick<ImageRecord, '_id' | 'seq' | 'status' | 'skipped'>;

/** What a retry leaves as it is, and the corrections of the others. */
export interface RetryPlan {
  readonly failed: number;
  readonly cancelled: number;
  readonly skipped: number;
  readonly corrections?: readonly StoredCorrection[];
}

/** A retry of everything but the skipped images, whose URLs are invalid. */
export const planOfAll = ({ skipped = 0 }: Pick<RequestRecord, 'skipped'>): RetryPlan => ({
  ...{ failed: skipped, cancelled: 0, skipped },
});

/**
 * A retry of the corrected images alone.
 * @param found those of the request's images that the corrections name
 * @throws AppError `image_not_found`, `nothing_to_retry`, `invalid_field`, each naming the entries that have errors
 */
export const planOfCorrections = (
  { counters, skipped = 0 }: Pick<RequestRecord, 'counters' | 'skipped'>,
  corrections: readonly Correction[],
  found: readonly CorrectedImage[],
  sourceBuckets: readonly string[],
): RetryPlan => {
  const images = new Map(found.map((image) => [image._id, image] as const));
  const named = corrections.map(({ imageId, url }) => ({ image: images.get(imageId), ...readUrl(url, sourceBuckets) }));
  refuse('image_not_found', 'imageId', named, ({ image }) => image === undefined && 'is not an image of this request');
  refuse('nothing_to_retry', 'imageId', named, ({ image }) =>
    image?.status === 'failed' || image?.status === 'cancelled'
      ? false
      : 'has not failed and was not cancelled, so it is not retried',
  );
  const first = new Map(corrections.map(({ imageId }, index) => [imageId, index] as const).reverse());
  refuse('invalid_field', 'imageId', corrections, ({ imageId }, index) =>
    first.get(imageId) === index ? false : 'is corrected twice',
  );
  refuse('invalid_field', 'url', named, ({ error }) => error !== null && `is invalid. ${error.message}`);

  const count = (is: (image: CorrectedImage) => boolean): number =>
    named.filter(({ image }) => image !== undefined && is(image)).length;
  return {
    failed: counters.failed - count(({ status }) => status === 'failed'),
    cancelled: counters.cancelled - count(({ status }) => status === 'cancelled'),
    skipped: skipped - count((image) => image.skipped === true),
    corrections: named.flatMap(({ image, url }) =>
      image === undefined ? [] : [{ imageId: image._id, seq: image.seq, url }],
    ),
  };
};

/** Throws if any entry has an error, and names all that have. */
const refuse = <Entry>(
  code: ErrorCode,
  field: keyof Correction,
  entries: readonly Entry[],
  errorOf: (entry: Entry, index: number) => string | false,
): void => {
  const errors = entries.flatMap((entry, index) => {
    const message = errorOf(entry, index);
    return message === false ? [] : [{ field: `corrections.${index}.${field}`, message }];
  });
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  const detail = `${first.field} ${first.message.replace(/\.$/, '')}${more}.`;
  throw new AppError(code, detail, { details: { errors } });
};
