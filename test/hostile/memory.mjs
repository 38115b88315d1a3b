/**
 * The costliest images at once under a limit on memory, the embedded database included: `npm run build` first, then
 * `node test/hostile/memory.mjs 512 2048 8192` (MiB). Linux with a control group (version 1 or 2) that may be written.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

const MIB = 1024 * 1024;
const print = (text) => process.stdout.write(`${text}\n`);

const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
};

/** zlib's own where Node.js has it (22.2). */
const crc =
  crc32 ??
  ((bytes) => {
    let value = -1;
    for (const byte of bytes) {
      value ^= byte;
      for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
    }
    return ~value >>> 0;
  });

/** 16 bits, RGBA, interlaced, of zeros: a few hundred kB for 800 MB. */
const deepPng = (width, height) => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([16, 6, 0, 0, 1], 8);
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ];
  const bytes = passes.reduce((sum, [x, y, dx, dy]) => {
    const rows = Math.ceil((height - y) / dy);
    return sum + rows * (1 + 8 * Math.ceil((width - x) / dx));
  }, 0);
  const data = deflateSync(Buffer.alloc(bytes), { level: 9 });
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
};

const plain = (width, height, channels = 3) =>
  sharp({ create: { width, height, channels, background: channels === 4 ? '#3366aa80' : '#3366aa' } });

const photo = async (width, height) => {
  const noise = { type: 'gaussian', mean: 128, sigma: 25 };
  const small = await sharp({ create: { width: 1500, height: 1000, channels: 3, background: '#888', noise } })
    .png()
    .toBuffer();
  return sharp(small).resize(width, height, { fit: 'fill' }).jpeg({ quality: 85 }).toBuffer();
};

const pictures = async () => ({
  'photo of 12 MP': await photo(4_243, 2_828),
  'photo of 24 MP': await photo(6_000, 4_000),
  'JPEG of 100 MP': await plain(10_000, 9_999).jpeg({ quality: 90 }).toBuffer(),
  'JPEG of 100 MP, progressive': await plain(10_000, 9_999)
    .jpeg({ progressive: true, chromaSubsampling: '4:4:4' })
    .toBuffer(),
  'PNG of 100 MP, 16 bits, interlaced': deepPng(10_000, 9_999),
  'PNG of 16 MP, 16 bits, interlaced': deepPng(4_000, 4_000),
  'WebP of 25 MP with alpha': await plain(5_000, 5_000, 4).webp({ lossless: true, effort: 0 }).toBuffer(),
  'GIF of 25 MP': await plain(5_000, 5_000).gif({ effort: 1 }).toBuffer(),
  'TIFF of 25 MP, float, turned': await plain(5_000, 5_000)
    .toColourspace('scrgb')
    .withMetadata({ orientation: 6 })
    .tiff({ compression: 'deflate' })
    .toBuffer(),
  'AVIF of 9 MP, 10 bits': await plain(3_000, 3_000).avif({ effort: 0, chromaSubsampling: '4:4:4' }).toBuffer(),
  'large body that never ends': null,
});

/** A control group with the limit; where it is, and how its peak is read. */
const group = (bytes) => {
  const second = existsSync('/sys/fs/cgroup/cgroup.controllers');
  const directory = `/sys/fs/cgroup/${second ? '' : 'memory/'}hostile-${process.pid}-${bytes}`;
  mkdirSync(directory);
  const put = (file, value) => writeFileSync(path.join(directory, file), String(value));
  const get = (file) => readFileSync(path.join(directory, file), 'utf8');
  put(second ? 'memory.max' : 'memory.limit_in_bytes', bytes);
  return {
    procs: path.join(directory, 'cgroup.procs'),
    peak: () => Number(get(second ? 'memory.peak' : 'memory.max_usage_in_bytes')),
    failures: () =>
      get(second ? 'memory.events' : 'memory.oom_control')
        .trim()
        .split('\n')
        .at(-1),
    remove: () => rmdirSync(directory),
  };
};

/** Resident memory of a process and all that came from it. */
const resident = (pid) => {
  let sum = 0;
  for (const each of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${each}/status`, 'utf8');
      const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
      if (Number(each) === pid) sum += Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
      else if (parent === pid) sum += resident(Number(each));
    } catch {
      // It has ended meanwhile.
    }
  }
  return sum;
};

const run = async (mebibytes, bodies) => {
  const limit = group(mebibytes * MIB);
  const directory = await mkdtemp(path.join(tmpdir(), 'memory-'));
  const server = createServer((request, response) => {
    const body = bodies[decodeURIComponent(request.url.split('/')[1])];
    if (body) return void response.end(body);
    // Of unknown length, and more than any image may have.
    const more = () => {
      while (response.write(Buffer.alloc(MIB, 0xff)));
    };
    response.on('drain', more).on('error', () => {});
    more();
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const service = spawn('/bin/sh', ['-c', `echo $$ > ${limit.procs} && exec "$0" dist/main.js`, process.execPath], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ...{ MONGODB_URI: '', PORT: '0', HOST: '127.0.0.1', MAX_ATTEMPTS: '2', MAX_CONNECTIONS_PER_ORIGIN: '64' },
      ...{ DATA_DIR: path.join(directory, 'data'), PROCESSED_DIR: path.join(directory, 'out') },
      ...{
        ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
        UV_THREADPOOL_SIZE: String(availableParallelism() + 4),
        MALLOC_ARENA_MAX: '2',
      },
    },
  });
  const ended = once(service, 'exit');
  let log = '';
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, resident(service.pid));
  }, 50);
  try {
    const url = await new Promise((resolve, reject) => {
      service.stdout.on('data', (data) => {
        log += data;
        const ready = /"url":"([^"]+)"/.exec(log);
        if (ready) resolve(ready[1]);
      });
      void ended.then(() => reject(new Error(`the service ended: ${log}`)));
    });
    print(
      `\n${mebibytes} MiB: ${/"msg":"(Memory: [^"]+)"/.exec(log)?.[1]}; ${Math.round(resident(service.pid) / MIB)} MiB at rest`,
    );
    const upload = async (format) => {
      const names = Object.keys(bodies).flatMap((name) => Array(name.startsWith('photo') ? 2 : 1).fill(name));
      const wanted = names.filter((name) => format !== 'avif' || !name.startsWith('photo'));
      const rows = wanted.map(
        (name, at) => `${at},${name.replaceAll(',', ';')},${origin}/${encodeURIComponent(name)}/${format}-${at}`,
      );
      const form = new FormData();
      form.set('file', new Blob([`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`]), 'a.csv');
      form.set('format', format);
      const answer = await fetch(`${url}/api/upload`, { method: 'POST', body: form });
      return (await answer.json()).requestId;
    };
    const formats = ['jpeg', 'webp', 'avif'];
    const ids = await Promise.all(formats.map(upload));
    for (const [at, id] of ids.entries()) {
      for (;;) {
        const status = await (await fetch(`${url}/api/status/${id}`)).json();
        if (status.finishedAt !== null) {
          const codes = status.products.map(
            ({ productName, images }) => `${productName}: ${images[0].error?.code ?? images[0].status}`,
          );
          print(`  ${formats[at]}: ${[...new Set(codes)].join(' | ')}`);
          break;
        }
        await pause(1_000);
      }
    }
    const ready = (await fetch(`${url}/ready`)).status;
    const restarts = (log.match(/database (ended|exited)|worker_crashed/gi) ?? []).length;
    print(
      `  peak resident ${Math.round(peak / MIB)} MiB, of the group ${Math.round(limit.peak() / MIB)} MiB, ${limit.failures()}, /ready ${ready}, restarts ${restarts}`,
    );
  } finally {
    clearInterval(watch);
    service.kill('SIGTERM');
    await ended;
    server.closeAllConnections();
    server.close();
    await pause(500);
    limit.remove();
    await rm(directory, { recursive: true, force: true });
  }
};

const bodies = await pictures();
for (const size of process.argv.slice(2).map(Number)) await run(size, bodies);
