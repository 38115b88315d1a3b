import { type RequestHandler, Router } from 'express';
import { methodNotAllowed } from '../problem.ts';

/** One thing the service needs in order to take work; rejects with a reason when it is not there. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<void>;
}

const READY_FRESH_MS = 1_000;

/**
 * `GET /health`: the process answers. `GET /ready`: it can take work; 503 with the reasons otherwise, a second old
 * at most: each check writes a file and asks the database, so that calls share them.
 * @param now a clock that only goes forward, in milliseconds
 */
export const healthRoutes = (
  checks: readonly ReadinessCheck[],
  now: () => number = () => performance.now(),
): Router => {
  const health: RequestHandler = (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'ok', uptimeSeconds: Math.floor(process.uptime()) });
  };

  const look = async () => {
    const results = await Promise.all(checks.map(async ({ name, check }) => [name, await resultOf(check)] as const));
    lookedAt = now();
    return results;
  };
  let lookedAt: number | null = null;
  let last: ReturnType<typeof look> | null = null;

  const ready: RequestHandler = async (_req, res) => {
    if (last === null || (lookedAt !== null && now() - lookedAt >= READY_FRESH_MS)) {
      lookedAt = null;
      last = look();
    }
    const results = await last;
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

const resultOf = async (check: () => Promise<void>) => {
  try {
    await check();
    return { ok: true } as const;
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) } as const;
  }
};
