import { Counter, Histogram, type Registry } from 'prom-client';

/** In seconds; uploads and archives take longer. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Other methods share one label, because clients can send any method that Node's parser knows. */
const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/** A finished HTTP call. */
export interface Call {
  readonly method: string;
  /** The route pattern, such as `/api/status/:requestId`, never the path itself; null if no route matched. */
  readonly route: string | null;
  /** null: the client disconnected before the end of the response. */
  readonly status: number | null;
  readonly seconds: number;
}

/** Asked all the time, by machines, and always alike: counted, but their times are not worth a histogram each. */
const PROBES: ReadonlySet<string | null> = new Set(['/health', '/ready', '/metrics']);

export type CallMeter = (call: Call) => void;

export const createCallMeter = (registry: Registry): CallMeter => {
  const calls = new Counter({
    name: 'bulk_image_http_requests_total',
    help: 'HTTP calls by method, route pattern and status class; aborted: the client disconnected early.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'bulk_image_http_request_seconds',
    help: 'Seconds from the headers of a call to the end of its response, without those of probes and scrapes.',
    labelNames: ['method', 'route'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return ({ method, route, status, seconds }) => {
    const labels = { method: METHODS.includes(method) ? method : 'other', route: route ?? 'none' };
    calls.inc({ ...labels, status: status === null ? 'aborted' : `${Math.floor(status / 100)}xx` });
    if (!PROBES.has(route)) duration.observe(labels, seconds);
  };
};
