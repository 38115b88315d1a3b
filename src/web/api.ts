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

/** Any origin: only what keeps it is a path of this page's own origin. */
const HERE = 'http://here.invalid';

/** Whether the address is a path of the page's own origin: `//host/` and the like lead elsewhere. */
const isPath = (address: string): boolean => {
  try {
    return address.startsWith('/') && new URL(address, HERE).origin === HERE;
  } catch {
    return false;
  }
};

/**
 * The calls of this page. A call that needs a key asks for one and goes on. The key goes to the page's own origin alone:
 * the next page of a status is where the answer says, and an answer may redirect.
 */
export const createApi = (keys: KeyStore, send: typeof fetch = (...args) => fetch(...args)) => {
  const once = async (path: string, init: RequestInit, key: string | null): Promise<Response> => {
    if (!isPath(path)) throw new ApiError(null);
    const headers = new Headers(init.headers);
    if (key !== null) headers.set('Authorization', `Bearer ${key}`);
    try {
      // No call of the API redirects. Browsers of before 2023 would take the key along to another origin.
      return await send(path, { ...init, headers, redirect: 'error' });
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
