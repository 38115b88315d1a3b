import { join } from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { type AccessKeys, createGuards } from './http/access.ts';
import { assignCallId, traceOf } from './http/call-id.ts';
import { callerOf } from './http/client.ts';
import { compressTexts } from './http/compress.ts';
import { crossOrigin } from './http/cross-origin.ts';
import { answerErrors, type IsDatabaseOutage, notFound, type OnUnavailable, requireDatabase } from './http/problem.ts';
import { type ArchiveDeps, archiveRoutes } from './http/routes/archive.ts';
import { type ControlRoutesDeps, controlRoutes } from './http/routes/controls.ts';
import { docsRoutes } from './http/routes/docs.ts';
import { type EventRoutesDeps, eventRoutes } from './http/routes/events.ts';
import { healthRoutes, type ReadinessCheck } from './http/routes/health.ts';
import { imageRoutes } from './http/routes/images.ts';
import { lostRoutes } from './http/routes/lost.ts';
import { type MetricsRoutesDeps, measureCalls, metricsRoutes, type ObserveCall } from './http/routes/metrics.ts';
import { type PageDeps, pageRoutes } from './http/routes/page.ts';
import { type RequestRoutesDeps, requestRoutes } from './http/routes/requests.ts';
import { sampleRoutes } from './http/routes/samples.ts';
import { storedImageRoutes } from './http/routes/stored-images.ts';
import { type UploadDeps, uploadRoutes } from './http/routes/upload.ts';
import { closeWhenStopping, type Stopping } from './http/stopping.ts';
import type { Storage } from './storage/storage.ts';

/** No inline script or style, nothing from other origins. No `upgrade-insecure-requests`: the service itself uses http. */
const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'self'"],
  // The page shows the originals, from any server, next to the results.
  imgSrc: ["'self'", 'data:', 'http:', 'https:'],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

const strictTransport = helmet.strictTransportSecurity();
/** Over HTTPS, at a proxy that is trusted. Browsers ignore it over HTTP (RFC 6797, 7.2), and it would promise what is not so. */
const secureTransportOnly: RequestHandler = (req, res, next) => (req.secure ? strictTransport(req, res, next) : next());

const traceFields = (header: unknown) => {
  const { traceId, parentId } = traceOf(header) ?? {};
  return traceId === undefined ? {} : { traceId, parentId };
};

export interface AppDeps {
  readonly access: AccessKeys & {
    readonly trustProxy: false | number | readonly string[];
    readonly corsOrigins: readonly string[];
  };
  readonly upload: UploadDeps;
  readonly requests: RequestRoutesDeps;
  readonly events: Pick<EventRoutesDeps, 'watch'>;
  readonly controls: ControlRoutesDeps;
  readonly archive: ArchiveDeps;
  /** The page at `/` and its samples; null if they are not served. */
  readonly page: (PageDeps & { readonly samplesBase: () => string }) | null;
  readonly storage: Storage;
  /** Folder of the outputs; null if they are not on this machine. */
  readonly imageDirectory: string | null;
  readonly readiness: readonly ReadinessCheck[];
  readonly metrics: MetricsRoutesDeps['metrics'] & { readonly calls: ObserveCall };
  /** False for a worker, which serves `/health`, `/ready` and `/metrics` only. */
  readonly servesApi: boolean;
  /** Rejects immediately while the database is unreachable, so that no call waits for it. */
  readonly askDatabase: () => Promise<void>;
  readonly stopping: Stopping;
  readonly isDatabaseOutage: IsDatabaseOutage;
  readonly onUnavailable: OnUnavailable;
  readonly log: Logger;
}

/** Wires the routes; does not listen and reads no environment. */
export const createApp = (deps: AppDeps): Express => {
  const app = express();
  app.disable('x-powered-by');
  // Keeps `after[$gt]=1` a plain parameter instead of an object.
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.access.trustProxy);
  app.use(
    pinoHttp({
      logger: deps.log,
      genReqId: assignCallId,
      // The query may contain credentials, so only the path is logged.
      serializers: {
        req: (req: { id: string; method: string; url: string; headers: Record<string, unknown> }) => ({
          id: req.id,
          ...traceFields(req.headers.traceparent),
          method: req.method,
          path: req.url.split('?')[0],
        }),
        res: (res: { statusCode: number }) => ({ status: res.statusCode }),
      },
      customProps: (_req, res) => {
        const { tenant, key } = callerOf(res as express.Response) ?? {};
        return { ...(tenant && { tenant }), ...(key && { key }) };
      },
      // An error is logged where it is answered, with its own stack, and something that is away once for all calls.
      customLogLevel: () => 'debug',
    }),
  );
  app.use(measureCalls(deps.metrics.calls));
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
      strictTransportSecurity: false,
    }),
  );
  app.use(secureTransportOnly);
  app.use(compressTexts());
  app.use(closeWhenStopping(deps.stopping));
  app.use(crossOrigin(deps.access.corsOrigins));
  const guards = createGuards(deps.access);
  app.use(healthRoutes(deps.readiness));
  app.use(metricsRoutes({ guard: guards.metrics, metrics: deps.metrics }));
  if (!deps.servesApi) app.use(notFound);
  if (deps.page !== null) {
    app.use(pageRoutes(deps.page));
    app.use(sampleRoutes(join(deps.page.directory, 'samples'), deps.page.samplesBase));
  }
  const needsKey = deps.access.apiKeys.length > 0;
  const metricsNeedKey = needsKey || deps.access.operatorKeys.length > 0;
  app.use(docsRoutes({ needsKey, metricsNeedKey, pageDirectory: deps.page?.directory ?? null }));
  app.use('/api', guards.api, requireDatabase(deps.askDatabase));
  app.use(uploadRoutes(deps.upload));
  app.use(requestRoutes(deps.requests));
  app.use(eventRoutes({ ...deps.events, stopping: deps.stopping, random: Math.random }));
  app.use(controlRoutes(deps.controls));
  app.use(archiveRoutes(deps.archive));
  app.use(deps.imageDirectory === null ? storedImageRoutes(deps.storage) : imageRoutes(deps.imageDirectory));
  if (deps.page !== null) app.use(lostRoutes(deps.page.directory));
  app.use(notFound);
  app.use(answerErrors(deps.isDatabaseOutage, deps.onUnavailable));
  return app;
};
