/** Of one retry: they are stored with the request until its images are requeued. */
export const MAX_CORRECTIONS = 100;

/** Another URL for an image that failed or was cancelled. */
export interface Correction {
  readonly imageId: string;
  readonly url: string;
}

/** With the image's position, by which a write reaches one shard. */
export interface StoredCorrection extends Correction {
  readonly seq: number;
}
