/** What the address shows: the start, a job, or one image of a job by its position from 1. */
export interface Place {
  readonly requestId: string | null;
  /** Position of the image, from 0. */
  readonly image: number | null;
}

const JOB = /^#\/requests\/([0-9a-f-]{36})(?:\/images\/([1-9]\d{0,8}))?$/i;

export const placeOf = (hash: string): Place => {
  const [, requestId = null, image] = JOB.exec(hash) ?? [];
  return { requestId, image: image === undefined ? null : Number(image) - 1 };
};

export const jobAddress = (requestId: string): string => `#/requests/${requestId}`;
export const imageAddress = (requestId: string, position: number): string =>
  `${jobAddress(requestId)}/images/${position + 1}`;
