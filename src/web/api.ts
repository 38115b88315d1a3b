import type { Deliveries, PreviewAnswer, Problem, RequestList, Status, Summary, TrialAnswer } from './types.ts';

/** An error response, or no response (`problem` is null). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: Problem | null;

  constructor(problem: Problem | null) {
    super(problem?.detail ?? 'The service cannot be reached. Check your connection and try again.');
    this.problem = problem;
  }
}

/** The message to show for any thrown value. */
export const messageOf = (error: unknown): string =>
  error instanceof ApiError ? error.message : `Unexpected error: ${String(error)}`;

export interface KeyStore {
  get(): string | null;
  /** Asks for a key and keeps it; null if cancelled. */
  ask(reason: string | null): Promise<string | null>;
}

/** Placeholder origin, to check that a path does not lead to another one. */
const HERE = 'http://here.invalid';

/** Whether this is a path on the page's own origin; `//host/` and similar are not. */
const isPath = (address: string): boolean => {
  try {
    return address.startsWith('/') && new URL(address, HERE).origin === HERE;
  } catch {
    return false;
  }
};

/**
 * API client of the page. A call that needs a key asks for one and continues. The key is sent to the page's own origin
 * only: `next` comes from a response, and a response may redirect.
 */
export const createApi = (keys: KeyStore, send: typeof fetch = (...args) => fetch(...args)) => {
  const once = async (path: string, init: RequestInit, key: string | null): Promise<Response> => {
    if (!isPath(path)) throw new ApiError(null);
    const headers = new Headers(init.headers);
    if (key !== null) headers.set('Authorization', `Bearer ${key}`);
    try {
      // The API never redirects, and browsers before 2023 would send the key to the other origin.
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
      // Another call may have asked in the meantime.
      key = keys.get() === key ? await keys.ask(key === null ? null : 'Invalid API key') : keys.get();
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
    /** What an upload of the form would find; nothing is stored. */
    preview: (form: FormData) => json<PreviewAnswer>('/api/preview', { method: 'POST', body: form }),
    /** Single images as an upload would compress them; nothing is stored. */
    tryImages: (fields: Readonly<Record<string, unknown>>, signal: AbortSignal) =>
      json<TrialAnswer>('/api/preview', {
        ...{ method: 'POST', body: JSON.stringify(fields), signal },
        headers: { 'Content-Type': 'application/json' },
      }),
    status: (id: string, query = '', signal?: AbortSignal) =>
      json<Status>(`/api/status/${id}${query}`, signal ? { signal } : {}),
    /** Fetches the path from `next` of a response. */
    follow: <Answer>(path: string) => json<Answer>(path),
    list: (query: Readonly<Record<string, string>>) => json<RequestList>(`/api/requests?${new URLSearchParams(query)}`),
    remove: (id: string) => json(`/api/requests/${id}`, { method: 'DELETE' }),
    rename: (id: string, name: string) =>
      json<Summary>(`/api/requests/${id}`, {
        method: 'PATCH',
        body: JSON.stringify({ name }),
        headers: { 'Content-Type': 'application/json' },
      }),
    /** With the service's time, by which due dates are read. */
    deliveries: async (id: string, signal: AbortSignal) => {
      const response = await call(`/api/deliveries/${id}`, { signal });
      const { deliveries } = (await response.json()) as Deliveries;
      return { deliveries, now: Date.parse(response.headers.get('date') ?? '') || Date.now() };
    },
    redeliver: (id: string) => json(`/api/deliveries/${id}/redeliver`, { method: 'POST' }),
    cancel: (id: string) => json(`/api/cancel/${id}`, { method: 'POST' }),
    /** @param corrections of these images alone, with these URLs; without any, of all that failed or were stopped */
    retry: (id: string, corrections?: readonly { readonly imageId: string; readonly url: string }[]) =>
      json(`/api/retry/${id}`, {
        method: 'POST',
        ...(corrections !== undefined && {
          body: JSON.stringify({ corrections }),
          headers: { 'Content-Type': 'application/json' },
        }),
      }),
  };
};

export type Api = ReturnType<typeof createApi>;
