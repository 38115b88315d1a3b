import type { Problem, RequestList, Status } from './types.ts';

/** An answer that is not 2xx, or none at all (`problem` is null). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: Problem | null;

  constructor(problem: Problem | null) {
    super(problem?.detail ?? 'The service could not be reached. Check the connection and try again.');
    this.problem = problem;
  }
}

/** For people: what went wrong, whatever was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof ApiError ? error.message : `Something went wrong in this page: ${String(error)}`;

export interface KeyStore {
  get(): string | null;
  /** Asks for a key and keeps it; null when the person gives none. */
  ask(reason: string | null): Promise<string | null>;
}

/** The calls of this page. A call that needs a key asks for one and goes on. */
export const createApi = (keys: KeyStore, send: typeof fetch = (...args) => fetch(...args)) => {
  const once = async (path: string, init: RequestInit, key: string | null): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (key !== null) headers.set('Authorization', `Bearer ${key}`);
    try {
      return await send(path, { ...init, headers });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new ApiError(null);
    }
  };

  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    let key = keys.get();
    for (;;) {
      const response = await once(path, init, key);
      if (response.ok) return response;
      const problem = (await response.json().catch(() => null)) as Problem | null;
      if (response.status !== 401) throw new ApiError(problem);
      // Another call may have asked meanwhile.
      key = keys.get() === key ? await keys.ask(key === null ? null : 'That key is not known here.') : keys.get();
      if (key === null) throw new ApiError(problem);
    }
  };

  const json = async <Answer>(path: string, init?: RequestInit): Promise<Answer> =>
    (await call(path, init)).json() as Promise<Answer>;

  return {
    call,
    upload: (form: FormData, idempotencyKey: string) =>
      json<{ requestId: string }>('/api/upload', {
        method: 'POST',
        body: form,
        headers: { 'Idempotency-Key': idempotencyKey },
      }),
    status: (id: string, query = '', signal?: AbortSignal) =>
      json<Status>(`/api/status/${id}${query}`, signal ? { signal } : {}),
    /** A path from `next` of an answer. */
    follow: <Answer>(path: string) => json<Answer>(path),
    list: (limit: number) => json<RequestList>(`/api/requests?limit=${limit}`),
    cancel: (id: string) => json(`/api/cancel/${id}`, { method: 'POST' }),
    retry: (id: string) => json(`/api/retry/${id}`, { method: 'POST' }),
  };
};

export type Api = ReturnType<typeof createApi>;
