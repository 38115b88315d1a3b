import type { ImageErrorCode } from '../errors.ts';
import { parseUrl } from '../network/url.ts';
import type { ReportedImage } from '../requests/image-store.ts';
import type { OutlierReport, OutliersReport, ProductReport, RequestReport, SavingsReport } from '../requests/types.ts';
import { createSameBytesTally } from './same-bytes.ts';
import { savedPercent } from './status.ts';

export const PRODUCTS_SHOWN = 20;
export const ORIGINS_SHOWN = 10;
/** Only the first origins are counted for each code: an upload can contain a million. */
const ORIGINS_COUNTED = 10_000;
/** A cell may have a megabyte; with the limits above a report stays below about 150 kB. */
const SHOWN_CHARACTERS = 200;

/**
 * Summarizes the images of a request row by row, in constant memory. Images must be added in upload order.
 */
export const createReportTally = () => {
  let products: ProductReport[] = [];
  let productCount = 0;
  let row = -1;
  let current: Omit<ProductReport, 'savedPercent'> | null = null;
  const failures = new Map<ImageErrorCode, { count: number; origins: Map<string | null, number> }>();

  const sameBytes = createSameBytesTally();
  const savings = createSavingsTally();

  const endRow = (): void => {
    if (current === null || current.images === 0) return;
    const product = { ...current, savedPercent: savedPercent(current.bytesIn, current.bytesOut) };
    products = [...products, product].sort((a, b) => saved(b) - saved(a)).slice(0, PRODUCTS_SHOWN);
  };

  const countFailure = (code: ImageErrorCode, origin: string | null): void => {
    const failure = failures.get(code) ?? { count: 0, origins: new Map() };
    failures.set(code, failure);
    failure.count += 1;
    const known = failure.origins.get(origin);
    if (known === undefined && failure.origins.size >= ORIGINS_COUNTED) return;
    failure.origins.set(origin, (known ?? 0) + 1);
  };

  return {
    add(image: ReportedImage): void {
      sameBytes.add(image);
      if (image.row !== row || current === null) {
        endRow();
        row = image.row;
        productCount += 1;
        current = {
          row: row + 1,
          serialNumber: cut(image.serialNumber),
          productName: cut(image.productName),
          ...{ images: 0, bytesIn: 0, bytesOut: 0 },
        };
      }
      if (image.status === 'completed') {
        current = {
          ...current,
          images: current.images + 1,
          bytesIn: current.bytesIn + (image.bytesIn ?? 0),
          bytesOut: current.bytesOut + (image.bytesOut ?? 0),
        };
        savings.add(image, current);
      } else if (image.status === 'failed' && image.error !== undefined) {
        countFailure(image.error.code, originOf(image.inputUrl));
      }
    },

    /** To be called once, after the last image. */
    result(): RequestReport {
      endRow();
      return {
        products,
        productCount,
        failures: [...failures]
          .map(([code, { count, origins }]) => ({
            code,
            count,
            origins: [...origins]
              .map(([origin, of]) => ({ origin, count: of }))
              .sort((a, b) => b.count - a.count)
              .slice(0, ORIGINS_SHOWN),
          }))
          .sort((a, b) => b.count - a.count),
        sameBytes: sameBytes.result(),
        savings: savings.result(),
      };
    },
  };
};

/** Upper ends, in percent; the first band is of those that grew. */
const BANDS = [0, 10, 25, 50, 75, 90, 100] as const;
export const OUTLIERS_SHOWN = 10;
/** Less than this is hardly saved. */
const HARDLY_PERCENT = 10;

/** Completed images by how much they saved, and those that stand out. */
const createSavingsTally = () => {
  const counts = BANDS.map(() => 0);
  const grew = createOutliers(({ bytesIn, bytesOut }) => bytesOut - bytesIn);
  const keptOriginal = createOutliers(({ bytesIn }) => bytesIn);
  const hardlySaved = createOutliers(({ bytesIn }) => bytesIn);

  return {
    add(
      { _id: id = '', bytesIn = 0, bytesOut = 0, notes = [] }: ReportedImage,
      { row = 0, productName }: Pick<ProductReport, 'row' | 'productName'>,
    ): void {
      const percent = bytesIn === 0 ? 0 : (100 * (bytesIn - bytesOut)) / bytesIn;
      const band = percent < 0 ? 0 : BANDS.findIndex((to) => percent < to || to === 100);
      counts[band] = (counts[band] ?? 0) + 1;
      const image = { id, row, productName, bytesIn, bytesOut };
      if (notes.includes('kept_original')) keptOriginal.add(image);
      else if (percent < 0) grew.add(image);
      else if (percent < HARDLY_PERCENT) hardlySaved.add(image);
    },

    result: (): SavingsReport => ({
      bands: BANDS.map((toPercent, index) => ({
        fromPercent: BANDS[index - 1] ?? null,
        toPercent,
        count: counts[index] ?? 0,
      })),
      ...{ grew: grew.result(), keptOriginal: keptOriginal.result(), hardlySaved: hardlySaved.result() },
    }),
  };
};

/** Counts images and keeps the largest by `sizeOf`. */
const createOutliers = (sizeOf: (image: OutlierReport) => number) => {
  let count = 0;
  let images: OutlierReport[] = [];
  return {
    add(image: OutlierReport): void {
      count += 1;
      const last = images[OUTLIERS_SHOWN - 1];
      if (last !== undefined && sizeOf(last) >= sizeOf(image)) return;
      images = [...images, image].sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, OUTLIERS_SHOWN);
    },
    result: (): OutliersReport => ({ count, images }),
  };
};

const saved = ({ bytesIn, bytesOut }: ProductReport): number => bytesIn - bytesOut;

const cut = (text: string | undefined): string => {
  const full = text ?? '';
  return full.length > SHOWN_CHARACTERS ? `${full.slice(0, SHOWN_CHARACTERS - 1).toWellFormed()}…` : full;
};

/** Scheme and host, or the bucket; without user, password, path and query, which may contain secrets. */
export const originOf = (url: string): string | null => {
  const parsed = parseUrl(url);
  return parsed === null || parsed.host === '' ? null : cut(`${parsed.protocol}//${parsed.host}`);
};

/** The report of a request from all of its images, in upload order. */
export const requestReportOf = (images: readonly ReportedImage[]): RequestReport => {
  const tally = createReportTally();
  for (const image of images) tally.add(image);
  return tally.result();
};
