import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ImageServer, makeImage, ok } from './support/servers/image-server.mjs';
import { startTestService, type TestService } from './support/service.ts';

const COLLECTION = 'postman/bulk-image-processor.postman_collection.json';

interface Item {
  readonly name: string;
  readonly request?: { readonly method: string; readonly url: string };
  readonly item?: readonly Item[];
}

interface Summary {
  readonly run: {
    readonly stats: Record<'requests' | 'assertions', { total: number; failed: number }>;
    readonly executions: readonly { readonly item: { readonly name: string } }[];
    readonly failures: readonly { readonly source?: { name: string }; readonly error: { message: string } }[];
  };
}

const requestsOf = (items: readonly Item[]): Item[] =>
  items.flatMap((item) => (item.item === undefined ? [item] : requestsOf(item.item)));

const collection = async (): Promise<Item[]> =>
  requestsOf((JSON.parse(await readFile(COLLECTION, 'utf8')) as { item: Item[] }).item);

let service: TestService;
let pictures: ImageServer;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postman-'));
  pictures = await ImageServer.start();
  pictures.on('/photo.jpg', ok(await makeImage('jpeg', { width: 320, height: 240 })));
  service = await startTestService();
});
afterAll(async () => {
  await service.close();
  await pictures.close();
  await rm(directory, { recursive: true, force: true });
});

/** Runs the collection as postman/README.md says, in a process of its own. */
const newman = async (variables: Readonly<Record<string, string>>): Promise<Summary> => {
  const report = join(directory, 'report.json');
  const values = Object.entries(variables).flatMap(([name, value]) => ['--env-var', `${name}=${value}`]);
  const args = ['run', COLLECTION, '--reporters', 'json', '--reporter-json-export', report, '--delay-request', '20'];
  const program = resolve('node_modules/newman/bin/newman.js');
  // Newman ends with 1 when a test fails; the report names it.
  await promisify(execFile)(process.execPath, [program, ...args, ...values]).catch((error: { stderr: string }) => {
    if (error.stderr !== '') throw error;
  });
  return JSON.parse(await readFile(report, 'utf8')) as Summary;
};

test('newman runs the collection green against the running service', async () => {
  const csvFile = join(directory, 'products.csv');
  const rows = [1, 2, 3].map((row) => `${row},Product ${row},"${pictures.url('/photo.jpg')}"`);
  await writeFile(csvFile, `S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`);

  const { run } = await newman({ baseUrl: service.url, csvFile });

  expect(run.failures.map(({ source, error }) => `${source?.name}: ${error.message}`)).toEqual([]);
  const executed = new Set(run.executions.map(({ item }) => item.name));
  const wanted = await collection();
  expect([...executed].sort()).toEqual(wanted.map(({ name }) => name).sort());
  expect(run.stats.assertions.total).toBeGreaterThan(wanted.length);
});

test('every call of docs/http.md is in the collection', async () => {
  const page = await readFile('docs/http.md', 'utf8');
  const section = page.slice(page.indexOf('## Calls'), page.indexOf('## Parameters'));
  const calls = [...section.matchAll(/`(GET|POST|PATCH|DELETE) (\/[a-z_/]*)/g)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  expect(calls.length).toBeGreaterThanOrEqual(6);
  const sent = (await collection()).map(
    ({ request }) => `${request?.method} ${request?.url.replace('{{baseUrl}}', '')}`,
  );
  for (const call of calls) expect(sent).toContainEqual(expect.stringContaining(call));
});
