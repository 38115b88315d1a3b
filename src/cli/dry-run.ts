import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Config } from '../config.ts';
import { inspectTable, type TableInspection } from '../csv/inspect.ts';
import { AppError } from '../errors.ts';
import { uploadFields } from '../http/parameters/upload.ts';
import { describeFile } from '../http/uploads/describe-file.ts';
import { fetchLinkedFile } from '../http/uploads/linked-file.ts';
import { openTable } from '../http/uploads/open-table.ts';
import { gunzipped } from '../http/uploads/reading/gunzip.ts';
import { createTemporaryFiles } from '../http/uploads/temporary-files.ts';
import { failureOf } from '../images/source/download-failure.ts';
import { assertImageStatus } from '../images/source/source-status.ts';
import { createGuardedAgents, type GuardedAgents } from '../network/agents.ts';
import { fetchFile } from '../network/fetch/fetch-file.ts';
import { guardedGet } from '../network/fetch/guarded-get.ts';
import { parseHttpUrl } from '../network/url.ts';
import { checkFields } from './check-options.ts';
import { EXIT } from './exit.ts';
import { printObject } from './json.ts';
import { localConfig } from './local-service.ts';
import type { CompressOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { type DryRun, dryRunText, foundText, shown } from './summary.ts';
import { ServiceError } from './transfer/client.ts';

/** Images whose server is asked, evenly over the file. */
const MAX_CHECKS = 1_000;
const AT_ONCE = 16;
const PER_HOST = 6;
const CHECK_MS = 10_000;
const ALL_MS = 120_000;
const FETCH_SECONDS = 60;

/** What a server says of an image. */
type Checked =
  | { readonly bytes: number | null }
  | { readonly error: { readonly code: string; readonly message: string; readonly product: string } };

/** Reads the whole file; the URLs are the different ones, each with its first product. */
const inspect = async (
  options: CompressOptions,
  config: Config,
  agents: GuardedAgents,
  signal: AbortSignal,
): Promise<{ readonly inspection: TableInspection; readonly urls: Map<string, string> }> => {
  const { limits, downloads, sources } = config;
  const folder = await mkdtemp(join(tmpdir(), 'bulk-image-dry-run-'));
  const files = createTemporaryFiles(folder, randomUUID);
  try {
    const fields = uploadFields(() => true).parse(options.fields);
    const fetch = (url: string, given: Parameters<Parameters<typeof fetchLinkedFile>[2]>[1]) =>
      fetchFile(url, {
        ...{ agents, ...given, userAgent: downloads.userAgent },
        ...{ maxBytes: limits.maxUploadBytes, maxSeconds: FETCH_SECONDS, maxRedirects: limits.maxRedirects },
      });
    const sent =
      options.input === null
        ? await fetchLinkedFile(fields.fileUrl ?? '', files, fetch, signal, () => {})
        : { path: options.input, size: (await stat(options.input)).size };
    const file = await gunzipped(sent, files, limits.maxUploadBytes, () => {});
    const table = await openTable(file, { ...limits, sourceBuckets: sources.buckets }, fields);
    const urls = new Map<string, string>();
    const inspection = await inspectTable(table, fields.onInvalidRow, ({ serialNumber, index, images }) => {
      const product = serialNumber === '' ? `row ${index + 1} below the header` : `product ${serialNumber}`;
      for (const { url } of images) if (!urls.has(url)) urls.set(url, product);
    });
    return { inspection, urls };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new ServiceError(error.status, { detail: error.publicMessage, code: error.code });
  } finally {
    await files.discard();
    await rm(folder, { recursive: true, force: true });
  }
};

/** HEAD, or GET without its body where a server knows no HEAD. */
const sizeOf = async (url: URL, config: Config, agents: GuardedAgents, signal: AbortSignal): Promise<number | null> => {
  const ask = async (method: 'HEAD' | 'GET') => {
    const response = await guardedGet(url, {
      ...{ agents, signal, method, maxRedirects: config.limits.maxRedirects },
      ...{ accept: 'image/png,image/jpeg,image/*;q=0.9,*/*;q=0.8', peer: 'image server' },
      ...{ userAgent: config.downloads.userAgent, sourceHeaders: config.downloads.sourceHeaders },
    });
    response.body.destroy();
    return response;
  };
  const head = await ask('HEAD');
  const response = head.status === 405 || head.status === 501 ? await ask('GET') : head;
  assertImageStatus(response.status, response.header('retry-after'), response.url.host, Date.now());
  const length = response.header('content-length') ?? '';
  return /^\d{1,15}$/.test(length) ? Number(length) : null;
};

const checkImages = async (
  urls: ReadonlyMap<string, string>,
  config: Config,
  agents: GuardedAgents,
  options: CompressOptions,
  signal: AbortSignal,
): Promise<DryRun> => {
  const all = [...urls].flatMap(([text, product]) => {
    const url = parseHttpUrl(text);
    return url === null ? [] : [{ url, product }];
  });
  const step = Math.max(1, all.length / MAX_CHECKS);
  const chosen = all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
  const late = AbortSignal.timeout(ALL_MS);
  const atOnce = pLimit(options.concurrency ?? AT_ONCE);
  const hosts = new Map<string, LimitFunction>();
  const perHost = Math.min(PER_HOST, config.limits.maxConnectionsPerOrigin);
  const check = async ({ url, product }: (typeof all)[number]): Promise<Checked | null> => {
    signal.throwIfAborted();
    if (late.aborted) return null;
    const timeout = AbortSignal.timeout(CHECK_MS);
    try {
      return { bytes: await sizeOf(url, config, agents, AbortSignal.any([signal, late, timeout])) };
    } catch (error) {
      signal.throwIfAborted();
      if (late.aborted) return null;
      const context = { timedOut: timeout.aborted, seconds: CHECK_MS / 1000, bodyStarted: false };
      const { code, publicMessage } = failureOf(error, url.host, context);
      return { error: { code, message: publicMessage, product } };
    }
  };
  const results = await Promise.all(
    chosen.map((one) => {
      const host = hosts.get(one.url.host) ?? pLimit(perHost);
      hosts.set(one.url.host, host);
      return host(() => atOnce(() => check(one)));
    }),
  );
  const checked = results.filter((result) => result !== null);
  const sizes = checked.flatMap((result) => ('bytes' in result && result.bytes !== null ? [result.bytes] : []));
  return {
    images: urls.size,
    hosts: new Set(all.map(({ url }) => url.host)).size,
    checked: checked.length,
    bytes: sizes.reduce((sum, each) => sum + each, 0),
    sizes: sizes.length,
    failures: checked.flatMap((result) => ('error' in result ? [result.error] : [])),
  };
};

/**
 * Says what a run would do: what is found in the file, and what the image servers say of the images. Goes through the guard of
 * addresses and asks a server at most {@link PER_HOST} times at once.
 * @returns the exit code
 */
export const dryRun = async (options: CompressOptions, progress: Progress, signal: AbortSignal): Promise<number> => {
  await checkFields(options.fields);
  const config = localConfig(process.env, { ...options, work: options.images });
  const agents = createGuardedAgents(config.network, { keepAlive: true, maxSocketsPerOrigin: PER_HOST });
  try {
    const { inspection, urls } = await inspect(options, config, agents, signal);
    if (inspection.errorCount > 0) {
      const { errors, errorCount, errorKinds } = inspection;
      const detail = 'The CSV has errors. Fix them and run the command again.';
      throw new ServiceError(422, { detail, code: 'invalid_csv', errors, errorCount, errorKinds });
    }
    const found = describeFile(inspection);
    if (found !== null) progress.log(foundText(found));
    const result = await checkImages(urls, config, agents, options, signal);
    if (options.json) {
      printObject('dryRun', { ...result, output: shown(options.out), imageFolder: shown(options.images) });
    } else process.stdout.write(`${dryRunText(result, options)}\n`);
    return result.failures.length > 0 ? EXIT.someFailed : EXIT.done;
  } finally {
    agents.destroy();
  }
};
