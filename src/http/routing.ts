import { type RequestHandler, Router, type RouterOptions } from 'express';
import { methodNotAllowed } from './problem.ts';

type Handlers = RequestHandler | readonly RequestHandler[];

/** A path, or several with the same handlers, and its handlers by method. GET also answers HEAD. */
export type Route = readonly [
  path: string | readonly string[],
  methods: { readonly get?: Handlers; readonly post?: Handlers },
];

/** A router for these routes that rejects every other method of their paths with 405. */
export const createRoutes = (routes: readonly Route[], options?: RouterOptions): Router => {
  const router = Router(options);
  for (const [paths, { get, post }] of routes) {
    const route = router.route(typeof paths === 'string' ? paths : [...paths]);
    if (get !== undefined) route.get(...handlersOf(get));
    if (post !== undefined) route.post(...handlersOf(post));
    const allowed = [...(get === undefined ? [] : ['GET', 'HEAD']), ...(post === undefined ? [] : ['POST'])];
    route.all(methodNotAllowed(allowed));
  }
  return router;
};

const handlersOf = (handlers: Handlers): RequestHandler[] => [handlers].flat();
