import { resolve } from 'node:path';
import { pino } from 'pino';
import { type AppDeps, createApp } from '../../src/app.ts';

interface Layer {
  readonly route?: { readonly path: string | readonly string[]; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle?: { readonly stack?: readonly Layer[] };
}

/** Any dependency: has every property and may be called; a wiring of the routes asks for no more than that. */
const anything: unknown = new Proxy(() => undefined, {
  get: (_target, name) => (name === Symbol.toPrimitive ? () => 1 : anything),
  apply: () => anything,
});

const DEPS: Readonly<Record<string, unknown>> = {
  access: { apiKeys: [], operatorKeys: [], trustProxy: false, corsOrigins: [] },
  page: { directory: resolve('dist/web'), settings: () => ({}), samplesBase: () => '' },
  imageDirectory: '.',
  readiness: [],
  servesApi: true,
  log: pino({ level: 'silent' }),
};

const routesOf = (stack: readonly Layer[]): string[] =>
  stack.flatMap(({ route, handle }) => {
    if (route === undefined) return routesOf(handle?.stack ?? []);
    // `all` answers 405 to the methods that a path does not take.
    const methods = Object.keys(route.methods).filter((method) => method !== '_all');
    const paths = typeof route.path === 'string' ? [route.path] : route.path;
    return methods.flatMap((method) => paths.map((path) => `${method.toUpperCase()} ${path}`));
  });

/** Every route that the service has, as `GET /api/status/:requestId`, read from its own router. */
export const serviceRoutes = (): string[] => {
  const deps = new Proxy(DEPS, { get: (known, name) => known[String(name)] ?? anything });
  const app = createApp(deps as unknown as AppDeps);
  return routesOf((app as unknown as { router: { stack: readonly Layer[] } }).router.stack);
};
