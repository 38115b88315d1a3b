import type { Server } from 'node:http';
import type { RequestHandler } from 'express';
import { AppError } from '../errors.ts';
import { expectsContinue } from './server.ts';

/** The shutdown of the service, as the routes see it. */
export interface Stopping {
  /** Aborted on SIGTERM: new work is rejected, work in progress continues. */
  readonly begun: AbortSignal;
  /** Aborted with `shutting_down` shortly before the end; calls still in progress are answered with it. */
  readonly giveUp: AbortSignal;
}

/** Time to send started responses before connections are cut. */
const LAST_ANSWERS_MS = 500;
const IDLE_CHECK_MS = 50;

/** During shutdown, closes each connection after its response. */
export const closeWhenStopping =
  ({ begun }: Stopping): RequestHandler =>
  (_req, res, next) => {
    if (begun.aborted) res.set('Connection', 'close');
    next();
  };

/** Rejects new work during shutdown. */
export const refuseWhenStopping =
  ({ begun, giveUp }: Stopping): RequestHandler =>
  (req, _res, next) => {
    if (!begun.aborted) return next();
    if (expectsContinue(req)) throw new AppError('shutting_down');
    // Reads the body first: closing a connection with unread bytes resets it and loses the response.
    let refused = false;
    const refuse = (): void => {
      giveUp.removeEventListener('abort', refuse);
      if (!refused) next(new AppError('shutting_down'));
      refused = true;
    };
    giveUp.addEventListener('abort', refuse, { once: true });
    req.once('end', refuse).once('close', refuse).resume();
  };

/**
 * Stops accepting connections and resolves when all are closed, within `withinMs`.
 * @param giveUp called when calls still in progress must be aborted
 */
export const stopListening = async (
  servers: readonly Server[],
  withinMs: number,
  giveUp: () => void,
): Promise<void> => {
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
  const each = (act: (server: Server) => void) => () => servers.forEach(act);
  const idle = setInterval(
    each((server) => server.closeIdleConnections()),
    IDLE_CHECK_MS,
  );
  const timers = [
    setTimeout(giveUp, Math.max(withinMs - LAST_ANSWERS_MS, 0)),
    setTimeout(
      each((server) => server.closeAllConnections()),
      withinMs,
    ),
  ];
  await Promise.all(closed);
  clearInterval(idle);
  for (const timer of timers) clearTimeout(timer);
};
