import { readFileSync } from 'node:fs';
import { ConfigError, loadConfig, VARIABLES } from '../src/config.ts';

describe('loadConfig', () => {
  test('returns the defaults for an empty environment', () => {
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

  test.each(['api', 'worker'])('ROLE=%s requires a shared database', (ROLE) => {
    expect(() => loadConfig({ ROLE })).toThrow('needs MONGODB_URI');
    expect(() => loadConfig({ ROLE, PORT: 'x' })).toThrow(/PORT.*\n.*needs MONGODB_URI/);
    expect(loadConfig({ ROLE, MONGODB_URI: 'mongodb://db.example/app' }).role).toBe(ROLE);
  });

  test('reads the variables that are set', () => {
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

  test('treats an empty or blank variable as unset', () => {
    expect(loadConfig({ MONGODB_URI: '', PORT: '  ' })).toMatchObject({ mongodbUri: null, port: 3000 });
  });

  test('reports all errors together, each with its variable', () => {
    const env = {
      PORT: 'http',
      WORKER_THREADS: '0',
      MONGODB_URI: 'postgres://x',
      STORAGE: 'ftp',
      PUBLIC_URL: 'shop',
      ALLOW_PRIVATE_NETWORKS: 'home',
      WEBHOOK_SECRET: 'secret',
    };
    let errors: readonly string[] = [];
    try {
      loadConfig(env);
    } catch (error) {
      if (error instanceof ConfigError) errors = error.errors;
    }
    expect(errors).toHaveLength(7);
    for (const name of Object.keys(env)) expect(errors.some((error) => error.startsWith(`${name} must`))).toBe(true);
  });

  test.each(['1.5', '-1', '65536', '0x10', '1e3'])('rejects the port %s', (PORT) => {
    expect(() => loadConfig({ PORT })).toThrow(/PORT must/);
  });
});

test('reads ports and port ranges, and rejects anything else', () => {
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
