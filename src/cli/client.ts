import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { AxiosResponse } from 'axios';
import { AnswerError, alive, createTransport, type Opened } from './transport.ts';

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

/** More than any page of a status has; what is longer comes from something else. */
const MAX_JSON_CHARACTERS = 256 * 1024 * 1024;
const MAX_PROBLEM_CHARACTERS = 1024 * 1024;

const readText = async (body: Readable, most: number): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of alive(body)) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > most) throw new AnswerError('The answer of the service is longer than any that it gives.');
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
 * The calls of a service that this program makes. Each throws a {@link ServiceError} for an answer that is no success, an
 * {@link AnswerError} for one that no such service gives, and axios' own error when there is none.
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
    throw new AnswerError(`What answers at ${transport.origin} is not this service. Check --server.`);
  };

  return {
    /** Of the service; the only one that ever gets the key. */
    origin: transport.origin,

    async upload(file: string, fields: Readonly<Record<string, string>>, key: string): Promise<Uploaded> {
      const form = { ...fields, file: createReadStream(file) };
      const response = await transport.post('/api/upload', form, { 'Idempotency-Key': key });
      const { requestId } = ((await json(response)) ?? {}) as { requestId?: unknown };
      if (typeof requestId !== 'string') {
        throw new AnswerError(`What answers at ${transport.origin} is not this service. Check --server.`);
      }
      return { requestId, replayed: response.headers['idempotency-replayed'] === 'true' };
    },

    /** How far it is, with one image only. */
    progress: (requestId: string): Promise<Status> => status(`/api/status/${encodeURIComponent(requestId)}?limit=1`),

    /** All images in the order of the upload; one page in memory. */
    async *images(requestId: string): AsyncGenerator<StatusImage> {
      for (let next: string | null = `/api/status/${encodeURIComponent(requestId)}?limit=${PAGE}`; next !== null; ) {
        const page: Status = await status(next);
        for (const product of page.products) yield* product.images;
        next = page.next;
      }
    },

    async retry(requestId: string): Promise<void> {
      await json(await transport.post(`/api/retry/${encodeURIComponent(requestId)}`, null));
    },

    output: (requestId: string): Promise<Opened> =>
      open(`/api/output/${encodeURIComponent(requestId)}`, 'service-only'),

    /** From wherever the output is: the service, a CDN, a bucket. */
    image: (outputUrl: string): Promise<Opened> => open(outputUrl, 'anywhere'),
  };
};
