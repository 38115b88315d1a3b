import https from 'node:https';
import net from 'node:net';
import pLimit from 'p-limit';
import { createProcessor } from '../../src/images/process.ts';
import { createGuardedAgents } from '../../src/network/agents.ts';
import { html, ImageServer, makeImage, ok, status } from '../support/servers/image-server.mjs';

const guarded = createGuardedAgents({ allowPrivateNetworks: ['127.0.0.1/32'] });
let server: ImageServer;

/** Connects every https URL to the image server, without TLS. */
class ToServer extends https.Agent {
  override createConnection() {
    return net.connect(server.port, '127.0.0.1');
  }
}

const run = (url: string) =>
  createProcessor({
    agents: { http: guarded.http, https: new ToServer() },
    limits: {
      maxImageBytes: 1_000_000,
      maxPixels: 1_000_000,
      maxDownloadSeconds: 10,
      maxRedirects: 3,
      maxConnectionsPerOrigin: 6,
    },
    limitEncodes: pLimit(1),
    now: Date.now,
    admit: async () => {},
    store: async () => {},
  })({ id: 'an-id', url, quality: 50, format: 'jpeg' });

const drive = 'https://drive.google.com/file/d/1aBcDeFgHiJkLmNo/view?usp=sharing';

beforeEach(async () => {
  server = await ImageServer.start();
});
afterEach(() => server.close());
afterAll(() => guarded.destroy());

it('the download of a share link is fetched and noted', async () => {
  server.on('/uc', ok(await makeImage('png')));
  expect(await run(drive)).toMatchObject({ ok: true, notes: ['share_link'] });
  expect(server.requests('/uc')[0]).toMatchObject({
    url: '/uc?export=download&id=1aBcDeFgHiJkLmNo',
    headers: { host: 'drive.google.com' },
  });
});

it('a direct link of the same service has no note', async () => {
  server.on('/s/a/mug.png', ok(await makeImage('png')));
  expect(await run('https://www.dropbox.com/s/a/mug.png?raw=1')).toMatchObject({ ok: true, notes: [] });
});

it('a page that still comes back is named', async () => {
  server.on('/uc', html);
  expect(await run(drive)).toMatchObject({
    ok: false,
    code: 'not_an_image',
    message: expect.stringContaining('this is a share page; use the direct link'),
  });
});

it('the question of Drive about a large file is named', async () => {
  const page = "<!DOCTYPE html><html><body>Google Drive can't scan this file for viruses.</body></html>";
  server.on('/uc', ok(Buffer.from(page), 'text/html'));
  expect(await run(drive)).toMatchObject({
    ok: false,
    code: 'not_an_image',
    message: expect.stringContaining('asks to confirm'),
  });
});

it('a share that asks for a login says so, instead of naming settings that cannot help', async () => {
  const link = 'https://1drv.ms/i/c/abc/Eabc?e=x';
  server.on(`/v1.0/shares/u!${Buffer.from(link).toString('base64url')}/root/content`, status(401));
  const result = await run(link);
  expect(result).toMatchObject({ ok: false, code: 'source_unauthorized', retryable: false });
  expect(result).toMatchObject({ message: expect.stringContaining('OneDrive asks for a login at this share link') });
});
