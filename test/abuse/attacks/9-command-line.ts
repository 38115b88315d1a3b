import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../support/servers/image-server.mjs';
import { type Attack, demand, type Prepared } from '../attack.ts';
import { servePhotos, using } from '../servers.ts';
import { HEADER } from '../traffic.ts';

interface Size {
  readonly images: number;
}

const KEY = 'abuse-secret-key-0123456789';

const seen: IncomingHttpHeaders[] = [];

/** Output URLs point to another host, which records the headers it receives and responds with one byte. */
const prepare = async (): Promise<Prepared> => {
  const cdn = await startServer((req, res) => {
    seen.push(req.headers);
    res.writeHead(200, { 'Content-Type': 'image/jpeg', 'Content-Length': 1 }).end('x');
  });
  return {
    environment: { API_KEYS: KEY, PUBLIC_URL: cdn.origin },
    headers: { 'X-Api-Key': KEY },
    close: () => cdn.close(),
  };
};

export const commandLine: Attack<Size> = {
  number: 9,
  title: 'an output URL on another host, which sends one byte: the command line',
  short: { images: 2 },
  full: { images: 20 },
  prepare,
  bounds: { serviceMiB: 500, databaseMiB: 300, diskMiB: () => 200 },
  async run({ images }, { target, traffic }) {
    seen.length = 0;
    const folder = await mkdtemp(join(tmpdir(), 'abuse-cli-'));
    const photos = await servePhotos();
    try {
      return await using(photos, async (origin) => {
        const rows = Array.from({ length: images }, (_, n) => `${n},P,${origin}/${n}.jpg\n`);
        await writeFile(join(folder, 'products.csv'), HEADER + rows.join(''));
        const args = ['compress', 'products.csv', '--quiet', '--server', target.url];
        const main = join(process.cwd(), 'dist', 'cli', 'main.js');
        const child = spawn(process.execPath, [main, ...args], {
          cwd: folder,
          env: { ...process.env, API_KEY: KEY },
          stdio: 'ignore',
        });
        const [code] = await once(child, 'close');
        const leaked = seen.filter((headers) => JSON.stringify(headers).includes(KEY));
        demand(leaked.length === 0, `${leaked.length} calls to another host carried the key`);
        demand(code !== 0, 'the command line reported all images as stored');
        const files = await readdir(folder, { recursive: true, withFileTypes: true });
        const stored = files.filter((file) => file.isFile() && !/\.(csv|json)$/.test(file.name));
        for (const file of stored) {
          const bytes = await readFile(join(file.parentPath ?? file.path, file.name));
          demand(bytes.length > 1, `${file.name} was stored with ${bytes.length} byte`);
        }
        traffic.note(rows.join('').length, `exit code ${code}`);
        return [`${seen.length} calls to the other host, none with the key`, `${stored.length} files stored`];
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
