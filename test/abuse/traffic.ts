import { randomUUID } from 'node:crypto';
import { waitFor } from '../support/service.ts';

export const HEADER = 'S. No.,Product Name,Input Image Urls\n';
/** Timeout of a call. */
const RESPONSE_MS = 120_000;
const FINAL = ['completed', 'completed_with_errors', 'failed', 'cancelled'];

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export type Traffic = ReturnType<typeof createTraffic>;

/** Calls a service, and counts the bytes sent and the responses. */
export const createTraffic = (url: string, headers: Readonly<Record<string, string>> = {}) => {
  const answers = new Map<string, number>();
  let sent = 0;
  const count = (answer: string): void => void answers.set(answer, (answers.get(answer) ?? 0) + 1);

  const call = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(RESPONSE_MS),
      ...init,
      headers: { ...headers, ...(init.headers as Record<string, string> | undefined) },
    });
    const text = await response.text();
    const code = /"code":"([a-z_]+)"/.exec(text.slice(0, 2_000))?.[1];
    count(response.status < 400 || code === undefined ? `${response.status}` : `${response.status} ${code}`);
    return { status: response.status, headers: response.headers, text };
  };

  const upload = async (
    csv: string | Uint8Array,
    fields: Readonly<Record<string, string>> = {},
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer & { readonly id: string | null }> => {
    const boundary = randomUUID();
    const part = (name: string, rest: string): string =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n\r\n`;
    const before = Object.entries(fields).map(([name, value]) => `${part(name, '')}${value}\r\n`);
    const body = Buffer.concat([
      Buffer.from(`${before.join('')}${part('file', '; filename="products.csv"')}`),
      Buffer.from(csv),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    sent += body.length;
    const answer = await call('/api/upload', {
      method: 'POST',
      body,
      headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}`, ...more },
    });
    return { ...answer, id: answer.status === 202 ? JSON.parse(answer.text).requestId : null };
  };

  return {
    url,
    call,
    upload,
    /** Uploads a CSV that must be accepted; returns the requestId. */
    async accepted(csv: string | Uint8Array, fields?: Readonly<Record<string, string>>): Promise<string> {
      const { id, status, text } = await upload(csv, fields);
      if (id === null) throw new Error(`a valid upload got ${status}: ${text.slice(0, 300)}`);
      return id;
    },
    /** Resolves to the status of a request, including one image, once it is final. */
    finished: (id: string, withinMs = RESPONSE_MS) =>
      waitFor(async () => {
        const answer = await call(`/api/status/${id}?limit=1`);
        const status = JSON.parse(answer.text);
        return FINAL.includes(status.status) && status;
      }, withinMs),
    /** Counts traffic outside of these calls. */
    note(bytes: number, answer?: string): void {
      sent += bytes;
      if (answer !== undefined) count(answer);
    },
    sent: () => sent,
    answers: () => new Map(answers),
  };
};
