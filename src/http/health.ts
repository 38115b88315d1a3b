import { type RequestHandler, Router } from 'express';
import { methodNotAllowed } from './problem.ts';

/** One thing the service needs in order to take work; rejects with a reason when it is not there. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<void>;
}

/** `GET /health`: the process answers. `GET /ready`: it can take work; 503 with the reasons otherwise. */
export const healthRoutes = (checks: readonly ReadinessCheck[]): Router => {
  const health: RequestHandler = (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'ok', uptimeSeconds: Math.floor(process.uptime()) });
  };

  const ready: RequestHandler = async (_req, res) => {
    const results = await Promise.all(
      checks.map(async ({ name, check }) => {
        try {
          await check();
          return [name, { ok: true }] as const;
        } catch (error) {
          return [name, { ok: false, reason: error instanceof Error ? error.message : String(error) }] as const;
        }
      }),
    );
    const ok = results.every(([, result]) => result.ok);
    res
      .status(ok ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: ok ? 'ready' : 'not_ready', checks: Object.fromEntries(results) });
  };

  return Router()
    .get('/health', health)
    .all('/health', methodNotAllowed('GET', 'HEAD'))
    .get('/ready', ready)
    .all('/ready', methodNotAllowed('GET', 'HEAD'));
};
