import { type RequestHandler, Router, type RouterOptions } from 'express';
import { methodNotAllowed } from './problem.ts';

const METHODS = ['get', 'post', 'patch', 'delete'] as const;

type Handlers = RequestHandler | readonly RequestHandler[];

/** A path, or several with the same handlers, and its handlers by method. GET also answers HEAD. */
export type Route = readonly [
  path: string | readonly string[],
  methods: { readonly [Method in (typeof METHODS)[number]]?: Handlers },
];

/** A router for these routes that rejects every other method of their paths with 405. */
export const createRoutes = (routes: readonly Route[], options?: RouterOptions): Router => {
  const router = Router(options);
  for (const [paths, handlers] of routes) {
    const route = router.route(typeof paths === 'string' ? paths : [...paths]);
    const allowed: string[] = [];
    for (const method of METHODS) {
      const given = handlers[method];
      if (given === undefined) continue;
      route[method](...handlersOf(given));
      allowed.push(...(method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
    }
    route.all(methodNotAllowed(allowed));
  }
  return router;
};

const handlersOf = (handlers: Handlers): RequestHandler[] => [handlers].flat();
