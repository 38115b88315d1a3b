import type { ImageRecord, RequestOptions } from '../requests/types.ts';
import { outputNames } from '../storage/output-names.ts';

type StoredImage = Pick<ImageRecord, '_id' | 'status' | 'further'>;

/** Names of the stored outputs of an image in order; none unless it is completed. */
export const storedOutputs = ({ _id, status, further = [] }: StoredImage, options: RequestOptions): string[] =>
  status === 'completed' ? outputNames(_id, options).slice(0, 1 + further.length) : [];

/** The outputs of an image as the status has them; empty unless it is completed. */
export const shownOutputs = (image: ImageRecord, options: RequestOptions, outputUrl: (name: string) => string) => {
  const { bytesOut = 0, width = 0, height = 0, further = [] } = image;
  const sizes = [{ bytes: bytesOut, width, height }, ...further];
  return storedOutputs(image, options).map((name, at) => {
    const { format, quality } = options.outputs?.[at] ?? options;
    return { format, quality, ...sizes[at], url: outputUrl(name) };
  });
};
