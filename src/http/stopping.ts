import type { Server } from 'node:http';
import type { RequestHandler } from 'express';
import { AppError } from '../errors.ts';
import { expectsContinue } from './server.ts';

/** How the routes see the end of the service. */
export interface Stopping {
  /** Aborted on SIGTERM: nothing new is taken, what is under way goes on. */
  readonly begun: AbortSignal;
  /** Aborted shortly before the end, with `shutting_down`: what is still under way is answered with that. */
  readonly giveUp: AbortSignal;
}

/** For answers that have been begun, to be sent, before connections are cut, in milliseconds. */
const LAST_ANSWERS_MS = 500;
const IDLE_LOOK_MS = 50;

/** While the service stops, an answer says that it is the last on its connection. */
export const closeWhenStopping =
  ({ begun }: Stopping): RequestHandler =>
  (_req, res, next) => {
    if (begun.aborted) res.set('Connection', 'close');
    next();
  };

/** Takes no new work while the service stops. */
export const refuseWhenStopping =
  ({ begun, giveUp }: Stopping): RequestHandler =>
  (req, _res, next) => {
    if (!begun.aborted) return next();
    if (expectsContinue(req)) throw new AppError('shutting_down');
    // The body is read to its end first: a connection that is closed with unread bytes is reset, and with it the answer.
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
 * Answers what has been asked and takes no new connection; resolves when all are closed, within `withinMs`.
 * @param giveUp called when what is still under way is to be answered without its end
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
    IDLE_LOOK_MS,
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
