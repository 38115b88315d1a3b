import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { AxiosResponse } from 'axios';
import { AnswerError, createTransport, type Opened, withIdleTimeout } from './transport.ts';

/** The part of a status response that the command line reads; the OpenAPI document has all of it. */
export interface Status {
  readonly status: string;
  readonly finishedAt: string | null;
  readonly progress: {
    readonly total: number;
    readonly completed: number;
    readonly failed: number;
    /** Absent in services of earlier versions. */
    readonly skipped?: number;
    readonly cancelled: number;
    readonly percent: number;
  };
  readonly bytes: { readonly in: number; readonly out: number; readonly savedPercent: number };
  /** Absent before the end, and in responses of earlier versions. */
  readonly report?: { readonly sameBytes?: readonly SamePictures[] } | null;
  readonly products: readonly StatusProduct[];
  readonly next: string | null;
}

/** Images of many URLs whose files are the same. */
export interface SamePictures {
  readonly count: number;
  readonly exampleUrls: readonly string[];
}

export interface StatusProduct {
  /** Data row of the file, from 1; absent in responses of earlier versions. */
  readonly row?: number;
  /** Empty if the row has none. */
  readonly serialNumber?: string;
  readonly productName?: string;
  readonly images: readonly StatusImage[];
}

export interface StatusImage {
  readonly id: string;
  /** Position in its row, from 0. */
  readonly index: number;
  readonly inputUrl: string;
  readonly status: string;
  readonly outputUrl: string | null;
  readonly bytesOut: number | null;
  /** All outputs, if there are several. */
  readonly outputs?: readonly { readonly url: string; readonly bytes: number }[];
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** An unsuccessful response, usually with a problem document (RFC 9457). */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;
  readonly code: string;
  /** The errors of a rejected CSV; empty otherwise. */
  readonly csvErrors: readonly { readonly line: number; readonly column: string | null; readonly message: string }[];
  readonly csvErrorCount: number;
  /** How many errors of each kind there are. */
  readonly csvErrorKinds: readonly { readonly code: string; readonly count: number }[];

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? `the service returned status ${status}`);
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.csvErrors = (problem.errors ?? []).filter(({ line }) => typeof line === 'number');
    this.csvErrorCount = problem.errorCount ?? this.csvErrors.length;
    this.csvErrorKinds = problem.errorKinds ?? [];
  }
}

interface Problem {
  readonly detail: string;
  readonly code: string;
  readonly errorCount: number;
  readonly errorKinds: readonly { readonly code: string; readonly count: number }[];
  readonly errors: readonly { readonly line: number; readonly column: string | null; readonly message: string }[];
}

const FIRST_IMAGES = 20;
/** Images per page of the status. */
const PAGE = 10_000;

/** What the service found in the file. */
export interface FoundFile {
  readonly encoding: string | null;
  readonly sheet: string | null;
  readonly columns: { readonly images: readonly string[] };
  readonly rows: number;
  readonly rowsWithoutImages: number;
  readonly images: number;
  readonly notes: readonly { readonly count: number; readonly line: number; readonly message: string }[];
}

export interface Uploaded {
  readonly requestId: string;
  /** Null if the service is of an earlier version, which does not say. */
  readonly file: FoundFile | null;
  /** The service already has an upload with this idempotency key. */
  readonly replayed: boolean;
}

export type Client = ReturnType<typeof createClient>;

/** More than any status page has, so a longer response is not from this service. */
const MAX_JSON_CHARACTERS = 256 * 1024 * 1024;
const MAX_PROBLEM_CHARACTERS = 1024 * 1024;

const readText = async (body: Readable, most: number): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of withIdleTimeout(body)) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > most) throw new AnswerError('The response is too long to come from this service.');
  }
  return text + decoder.decode();
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const isStatus = (value: unknown): value is Status => {
  const { progress, products } = (value ?? {}) as Partial<Status>;
  return typeof progress?.total === 'number' && Array.isArray(products);
};

/**
 * API client. Each call throws a {@link ServiceError} for an error response, an {@link AnswerError} for a response that
 * cannot come from this service, and axios' own error when there is no response.
 */
export const createClient = (server: string, apiKey: string | null, signal: AbortSignal) => {
  const transport = createTransport(server, apiKey, signal);

  const failed = async (response: AxiosResponse<Readable>): Promise<ServiceError> =>
    new ServiceError(
      response.status,
      (parsed(await readText(response.data, MAX_PROBLEM_CHARACTERS)) ?? {}) as Partial<Problem>,
    );

  const json = async (response: AxiosResponse<Readable>): Promise<unknown> => {
    if (response.status >= 300) throw await failed(response);
    return parsed(await readText(response.data, MAX_JSON_CHARACTERS));
  };

  const open = async (target: string, elsewhere: 'anywhere' | 'service-only'): Promise<Opened> => {
    const opened = await transport.open(target, elsewhere);
    if (opened.response.status !== 200) throw await failed(opened.response);
    return opened;
  };

  const status = async (path: string): Promise<Status> => {
    const body = await json((await transport.open(path, 'service-only')).response);
    if (isStatus(body)) return body;
    throw new AnswerError(`The server at ${transport.origin} is not this service. Check --server.`);
  };

  return {
    /** The service's origin, the only one that receives the key. */
    origin: transport.origin,

    /** @param file null if the fields have its link */
    async upload(file: string | null, fields: Readonly<Record<string, string>>, key: string): Promise<Uploaded> {
      const form = file === null ? fields : { ...fields, file: createReadStream(file) };
      const response = await transport.post('/api/upload', form, { 'Idempotency-Key': key });
      const { requestId, file: found } = ((await json(response)) ?? {}) as { requestId?: unknown; file?: FoundFile };
      if (typeof requestId !== 'string') {
        throw new AnswerError(`The server at ${transport.origin} is not this service. Check --server.`);
      }
      return { requestId, file: found ?? null, replayed: response.headers['idempotency-replayed'] === 'true' };
    },

    /** The status with the first images, for its counts and for what keeps them waiting. */
    progress: (requestId: string): Promise<Status> =>
      status(`/api/status/${encodeURIComponent(requestId)}?limit=${FIRST_IMAGES}`),

    /** All products in upload order, with one page in memory at a time; one may continue on the next page. */
    async *products(requestId: string): AsyncGenerator<StatusProduct> {
      for (let next: string | null = `/api/status/${encodeURIComponent(requestId)}?limit=${PAGE}`; next !== null; ) {
        const page: Status = await status(next);
        yield* page.products;
        next = page.next;
      }
    },

    async retry(requestId: string): Promise<void> {
      await json(await transport.post(`/api/retry/${encodeURIComponent(requestId)}`, null));
    },

    output: (requestId: string, format: 'csv' | 'xlsx'): Promise<Opened> =>
      // Earlier versions know no format.
      open(`/api/output/${encodeURIComponent(requestId)}${format === 'csv' ? '' : '?format=xlsx'}`, 'service-only'),

    /** The rows with failed images as a CSV. */
    failedRows: (requestId: string): Promise<Opened> =>
      open(`/api/errors/${encodeURIComponent(requestId)}`, 'service-only'),

    /** The output URL may lead to the service, a CDN or a bucket. */
    image: (outputUrl: string): Promise<Opened> => open(outputUrl, 'anywhere'),
  };
};
