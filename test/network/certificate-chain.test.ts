import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { download } from '../../src/images/source/download.ts';
import { createGuardedAgents } from '../../src/network/agents.ts';
import { makeImage } from '../support/servers/image-server.mjs';

const pem = (name: string): string => readFileSync(`test/fixtures/tls/${name}`, 'utf8');
const agents = createGuardedAgents({ allowPrivateNetworks: ['127.0.0.1/32'] });
agents.https.options.ca = pem('root.pem');
afterAll(() => agents.destroy());

/** Downloads from a server that sends this chain. */
const downloadWith = async (chain: string) => {
  const jpeg = await makeImage('jpeg');
  const server: Server = createServer({ key: pem('leaf.key'), cert: chain }, (_request, response) =>
    response.end(jpeg),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    return await download(`https://127.0.0.1:${port}/a.jpg`, {
      agents,
      limits: { maxImageBytes: 1_000_000, maxDownloadSeconds: 10, maxRedirects: 3 },
      now: Date.now,
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

test('a chain with its intermediate certificate is accepted', async () => {
  expect((await downloadWith(pem('leaf.pem') + pem('intermediate.pem'))).bytes.length).toBeGreaterThan(0);
});

test('a chain without it is named as incomplete', async () => {
  await expect(downloadWith(pem('leaf.pem'))).rejects.toMatchObject({
    code: 'tls_failed',
    publicMessage: expect.stringContaining('certificate chain of the image server 127.0.0.1'),
  });
});
