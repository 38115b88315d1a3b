import type { Request, RequestHandler, Router } from 'express';
import { createRoutes } from '../routing.ts';

export interface MetricsRoutesDeps {
  /** Requires an operator key if keys are set (decision 0042). */
  readonly guard: RequestHandler;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/** `GET /metrics`, in Prometheus text format. */
export const metricsRoutes = ({ guard, metrics }: MetricsRoutesDeps): Router => {
  const show: RequestHandler = async (_req, res) => {
    const text = await metrics.text();
    res.set({ 'Cache-Control': 'no-store', 'Content-Type': metrics.contentType }).send(text);
  };
  return createRoutes([['/metrics', { get: [guard, show] }]]);
};

/** Called with each finished call; see metrics/calls.ts. */
export type ObserveCall = (call: {
  readonly method: string;
  readonly route: string | null;
  readonly status: number | null;
  readonly seconds: number;
}) => void;

/** Reports every call once its response is sent or the client has disconnected. */
export const measureCalls =
  (observe: ObserveCall): RequestHandler =>
  (req, res, next) => {
    const begun = performance.now();
    res.once('close', () => {
      const seconds = (performance.now() - begun) / 1000;
      observe({
        method: req.method,
        route: routeOf(req),
        status: res.writableFinished ? res.statusCode : null,
        seconds,
      });
    });
    next();
  };

/** The route pattern, so that paths cannot create new label values. */
const routeOf = (req: Request): string | null => {
  const path: unknown = req.route?.path;
  const [pattern]: unknown[] = Array.isArray(path) ? path : [path];
  return typeof pattern === 'string' ? pattern : null;
};
