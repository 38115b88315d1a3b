import { type Request, type RequestHandler, Router } from 'express';
import { methodNotAllowed } from '../problem.ts';

export interface MetricsRoutesDeps {
  /** Asks for an operator's key where keys are set (decision 0042). */
  readonly guard: RequestHandler;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/** `GET /metrics`: Prometheus' text format. */
export const metricsRoutes = ({ guard, metrics }: MetricsRoutesDeps): Router => {
  const show: RequestHandler = async (_req, res) => {
    const text = await metrics.text();
    res.set({ 'Cache-Control': 'no-store', 'Content-Type': metrics.contentType }).send(text);
  };
  return Router().get('/metrics', guard, show).all('/metrics', methodNotAllowed('GET', 'HEAD'));
};

/** One call that is over; see metrics/calls.ts. */
export type ObserveCall = (call: {
  readonly method: string;
  readonly route: string | null;
  readonly status: number | null;
  readonly seconds: number;
}) => void;

/** Tells of every call when its answer is sent, or the client gone. */
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

/** The pattern as it stands in the code, so that no address can make a new one. */
const routeOf = (req: Request): string | null => {
  const path: unknown = req.route?.path;
  const [pattern]: unknown[] = Array.isArray(path) ? path : [path];
  return typeof pattern === 'string' ? pattern : null;
};
