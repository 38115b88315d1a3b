import { Counter, Histogram, type Registry } from 'prom-client';

/** In seconds; uploads and archives take long. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** A client may name any of the methods that Node's parser knows; these have a label of their own. */
const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/** One HTTP call that is over. */
export interface Call {
  readonly method: string;
  /** The pattern of the route, such as `/api/status/:requestId`; null: none took it. Never the address itself. */
  readonly route: string | null;
  /** null: the client went before the answer was whole. */
  readonly status: number | null;
  readonly seconds: number;
}

export type CallMeter = (call: Call) => void;

export const createCallMeter = (registry: Registry): CallMeter => {
  const calls = new Counter({
    name: 'bulk_image_http_requests_total',
    help: 'HTTP calls by method, pattern of the route and class of the status; aborted: the client went before the end.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'bulk_image_http_request_seconds',
    help: 'Seconds from the header of a call to the end of its answer.',
    labelNames: ['method', 'route'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return ({ method, route, status, seconds }) => {
    const labels = { method: METHODS.includes(method) ? method : 'other', route: route ?? 'none' };
    calls.inc({ ...labels, status: status === null ? 'aborted' : `${Math.floor(status / 100)}xx` });
    duration.observe(labels, seconds);
  };
};
