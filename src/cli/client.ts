import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';

/** What of a status this program reads; see the OpenAPI document for all of it. */
export interface Status {
  readonly status: string;
  readonly finishedAt: string | null;
  readonly progress: {
    readonly total: number;
    readonly completed: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly percent: number;
  };
  readonly bytes: { readonly in: number; readonly out: number; readonly savedPercent: number };
  readonly products: readonly { readonly images: readonly StatusImage[] }[];
  readonly next: string | null;
}

export interface StatusImage {
  readonly id: string;
  readonly inputUrl: string;
  readonly status: string;
  readonly outputUrl: string | null;
  readonly bytesOut: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** An answer that is no success: a problem document (RFC 9457), or whatever else came. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;
  readonly code: string;
  /** The faults of a CSV, where there are any. */
  readonly faults: readonly { readonly line: number; readonly column: string | null; readonly message: string }[];
  readonly faultCount: number;

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? `the service answered ${status}`);
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.faults = (problem.errors ?? []).filter((fault) => typeof fault.line === 'number');
    this.faultCount = problem.errorCount ?? this.faults.length;
  }
}

interface Problem {
  readonly detail: string;
  readonly code: string;
  readonly errorCount: number;
  readonly errors: readonly { readonly line: number; readonly column: string | null; readonly message: string }[];
}

/** Images of one page of the status. */
const PAGE = 10_000;

export interface Uploaded {
  readonly requestId: string;
  /** The service has had this very upload before. */
  readonly replayed: boolean;
}

export type Client = ReturnType<typeof createClient>;

const readJson = async (response: AxiosResponse<Readable>): Promise<Partial<Problem>> => {
  let text = '';
  for await (const chunk of response.data) text += chunk;
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

/**
 * The calls of a service that this program makes. Each throws a {@link ServiceError} for an answer that is no success,
 * and axios' own error when there is none.
 */
export const createClient = (url: string, apiKey: string | null, signal: AbortSignal) => {
  const http: AxiosInstance = axios.create({
    baseURL: url,
    headers: { ...(apiKey === null ? {} : { Authorization: `Bearer ${apiKey}` }) },
    validateStatus: () => true,
    maxBodyLength: Number.POSITIVE_INFINITY,
    signal,
  });

  const json = async <Body>(call: Promise<AxiosResponse<Body>>): Promise<AxiosResponse<Body>> => {
    const response = await call;
    if (response.status >= 400) throw new ServiceError(response.status, (response.data ?? {}) as Partial<Problem>);
    return response;
  };
  const stream = async (path: string): Promise<Readable> => {
    const response = await http.get<Readable>(path, { responseType: 'stream' });
    if (response.status >= 400) throw new ServiceError(response.status, await readJson(response));
    return response.data;
  };
  const status = async (path: string): Promise<Status> => (await json(http.get<Status>(path))).data;

  return {
    async upload(file: string, fields: Readonly<Record<string, string>>, key: string): Promise<Uploaded> {
      const { data, headers } = await json(
        http.postForm<{ requestId: string }>(
          '/api/upload',
          { ...fields, file: createReadStream(file) },
          { headers: { 'Idempotency-Key': key } },
        ),
      );
      return { requestId: data.requestId, replayed: headers['idempotency-replayed'] === 'true' };
    },

    /** How far it is, with one image only. */
    progress: (requestId: string): Promise<Status> => status(`/api/status/${requestId}?limit=1`),

    /** All images in the order of the upload; one page in memory. */
    async *images(requestId: string): AsyncGenerator<StatusImage> {
      for (let next: string | null = `/api/status/${requestId}?limit=${PAGE}`; next !== null; ) {
        const page: Status = await status(next);
        for (const product of page.products) yield* product.images;
        next = page.next;
      }
    },

    async retry(requestId: string): Promise<void> {
      await json(http.post(`/api/retry/${requestId}`));
    },

    output: (requestId: string): Promise<Readable> => stream(`/api/output/${requestId}`),

    image: (outputUrl: string): Promise<Readable> => stream(outputUrl),
  };
};
