import type { RequestHandler, Router } from 'express';
import { createRoutes } from '../routing.ts';

/** Something the service needs to accept work; rejects with the reason if it is unavailable. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<void>;
}

const READY_FRESH_MS = 1_000;

/**
 * `GET /health`: the process is running. `GET /ready`: it can accept work; 503 with the reasons otherwise. Results are
 * cached for a second, because each check writes a file and queries the database.
 * @param now monotonic clock in milliseconds
 */
export const healthRoutes = (
  checks: readonly ReadinessCheck[],
  now: () => number = () => performance.now(),
): Router => {
  const health: RequestHandler = (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'ok', uptimeSeconds: Math.floor(process.uptime()) });
  };

  const runChecks = async () => {
    const results = await Promise.all(checks.map(async ({ name, check }) => [name, await resultOf(check)] as const));
    checkedAt = now();
    return results;
  };
  let checkedAt: number | null = null;
  let last: ReturnType<typeof runChecks> | null = null;

  const ready: RequestHandler = async (_req, res) => {
    if (last === null || (checkedAt !== null && now() - checkedAt >= READY_FRESH_MS)) {
      checkedAt = null;
      last = runChecks();
    }
    const results = await last;
    const ok = results.every(([, result]) => result.ok);
    res
      .status(ok ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: ok ? 'ready' : 'not_ready', checks: Object.fromEntries(results) });
  };

  return createRoutes([
    ['/health', { get: health }],
    ['/ready', { get: ready }],
  ]);
};

const resultOf = async (check: () => Promise<void>) => {
  try {
    await check();
    return { ok: true } as const;
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) } as const;
  }
};
