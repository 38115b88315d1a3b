import { readFileSync } from 'node:fs';
import { ConfigError, loadConfig, VARIABLES } from '../src/config.ts';

describe('loadConfig', () => {
  test('gives every default when nothing is set', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      mongodbUri: null,
      port: 3000,
      host: null,
      publicUrl: null,
      workerThreads: 3,
      leaseMs: 30_000,
    });
    expect(config.storage).toEqual({ kind: 'local', directory: 'processed_images' });
    expect(config.network.allowPrivateNetworks).toEqual([]);
  });

  test.each(['api', 'worker'])('ROLE=%s needs a database that others share', (ROLE) => {
    expect(() => loadConfig({ ROLE })).toThrow('needs MONGODB_URI');
    expect(() => loadConfig({ ROLE, PORT: 'x' })).toThrow(/PORT.*\n.*needs MONGODB_URI/);
    expect(loadConfig({ ROLE, MONGODB_URI: 'mongodb://db.example/app' }).role).toBe(ROLE);
  });

  test('reads what is set', () => {
    const config = loadConfig({
      MONGODB_URI: 'mongodb://db.example/app',
      PORT: '8080',
      PUBLIC_URL: 'https://images.example/',
      ALLOW_PRIVATE_NETWORKS: '10.0.0.0/8, ::1',
      LEASE_SECONDS: '5',
    });
    expect(config).toMatchObject({
      mongodbUri: 'mongodb://db.example/app',
      port: 8080,
      publicUrl: 'https://images.example',
      leaseMs: 5_000,
    });
    expect(config.network.allowPrivateNetworks).toEqual(['10.0.0.0/8', '::1']);
  });

  test('takes an empty or blank variable as not set', () => {
    expect(loadConfig({ MONGODB_URI: '', PORT: '  ' })).toMatchObject({ mongodbUri: null, port: 3000 });
  });

  test('reports all faults together, each with its variable', () => {
    const env = {
      PORT: 'http',
      WORKER_THREADS: '0',
      MONGODB_URI: 'postgres://x',
      STORAGE: 'ftp',
      PUBLIC_URL: 'shop',
      ALLOW_PRIVATE_NETWORKS: 'home',
      WEBHOOK_SECRET: 'secret',
    };
    let faults: readonly string[] = [];
    try {
      loadConfig(env);
    } catch (error) {
      if (error instanceof ConfigError) faults = error.faults;
    }
    expect(faults).toHaveLength(7);
    for (const name of Object.keys(env)) expect(faults.some((fault) => fault.startsWith(`${name} must`))).toBe(true);
  });

  test.each(['1.5', '-1', '65536', '0x10', '1e3'])('refuses the port %s', (PORT) => {
    expect(() => loadConfig({ PORT })).toThrow(/PORT must/);
  });
});

test('reads ports and ranges of ports, and refuses what is neither', () => {
  const portsOf = (text: string) => loadConfig({ ALLOWED_PORTS: text }).network.allowedPorts;
  expect(portsOf('')).toEqual([]);
  expect(portsOf('80, 443,8000-8999')).toEqual([
    [80, 80],
    [443, 443],
    [8000, 8999],
  ]);
  for (const text of ['0', '65536', '90-80', 'http', '80-', '80 443', '1-70000']) {
    expect(() => portsOf(text)).toThrow('ALLOWED_PORTS must be ports');
  }
});

test('.env.example and docs/configuration.md name every variable', () => {
  const example = readFileSync('.env.example', 'utf8');
  const page = readFileSync('docs/configuration.md', 'utf8');
  for (const name of VARIABLES) {
    expect(example).toMatch(new RegExp(`^#? ?${name}=`, 'm'));
    expect(page).toContain(`\`${name}\``);
  }
});
