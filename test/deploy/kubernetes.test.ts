import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { serviceEnvironment } from '../../scripts/prepare.mjs';
import { VARIABLES } from '../../src/config.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { readScrape } from '../support/exposition.ts';

const MIB = 1024 * 1024;

const FOLDER = 'deploy/kubernetes';
const BASE = join(FOLDER, 'base');
const AUTOSCALED = join(FOLDER, 'overlays', 'autoscaled');
const text = (...path: string[]): string => readFileSync(join(...path), 'utf8');

// biome-ignore lint/suspicious/noExplicitAny: manifests are validated against Kubernetes' schemas elsewhere (deploy/README.md).
type Manifest = any;

const read = (...path: string[]): Manifest[] =>
  parseAllDocuments(text(...path), { strict: true, uniqueKeys: true }).map((document) => {
    expect([path, document.errors, document.warnings]).toEqual([path, [], []]);
    return document.toJS();
  });
const kustomization: Manifest = parse(text(BASE, 'kustomization.yaml'));
const manifests: Manifest[] = kustomization.resources.flatMap((file: string) => read(BASE, file));
const one = (kind: string, name: string): Manifest => {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  expect(found).toHaveLength(1);
  return found[0];
};
const literals: Record<string, string> = Object.fromEntries(
  kustomization.configMapGenerator[0].literals.map((literal: string) => literal.split(/=(.*)/s)),
);

describe.each(['api', 'worker'])('the deployment of the %s', (role) => {
  const deployment = one('Deployment', `bulk-image-${role}`);
  const { metadata, spec } = deployment.spec.template;
  const [container] = spec.containers;

  it('runs its role and selects its own pods', () => {
    const [first, ...others] = container.env;
    expect(first).toEqual({ name: 'ROLE', value: role });
    // What `npm start` would set by the limit of this container.
    const { MALLOC_MMAP_THRESHOLD_, MALLOC_TRIM_THRESHOLD_ }: NodeJS.ProcessEnv = serviceEnvironment(2048 * MIB);
    const kept = { MALLOC_MMAP_THRESHOLD_, MALLOC_TRIM_THRESHOLD_ };
    expect(others).toEqual(role === 'api' ? [] : Object.entries(kept).map(([name, value]) => ({ name, value })));
    expect(container.resources.limits.memory).toBe(role === 'api' ? '1Gi' : '2Gi');
    expect(deployment.spec.selector.matchLabels).toEqual(metadata.labels);
    expect(metadata.labels.role).toBe(role);
  });

  it('is scraped at the path and port of the metrics', () => {
    const port = container.ports.find(({ name }: { name: string }) => name === 'http').containerPort;
    expect(metadata.annotations).toEqual({
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': String(port),
      'prometheus.io/path': '/metrics',
    });
    expect(text('Dockerfile')).toContain(`EXPOSE ${port}\n`);
    expect(text('Dockerfile')).toMatch(new RegExp(`^ENV .*\\bPORT=${port}\\b`, 'm'));
  });

  it('has its own paths for liveness and readiness, with timeouts above that of the readiness check', () => {
    expect(container.startupProbe.httpGet).toEqual({ path: '/health', port: 'http' });
    expect(container.livenessProbe.httpGet).toEqual({ path: '/health', port: 'http' });
    expect(container.readinessProbe.httpGet).toEqual({ path: '/ready', port: 'http' });
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      // The check gives the database two seconds.
      expect(container[probe].timeoutSeconds).toBeGreaterThan(2);
    }
  });

  it('is not killed before SHUTDOWN_SECONDS have passed', () => {
    const pause = Number(container.lifecycle?.preStop.exec.command[1] ?? 0);
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(pause + Number(literals.SHUTDOWN_SECONDS) + 1);
  });

  it('requests the memory that it will use, has bounded disks, and is spread over nodes and zones', () => {
    const { requests, limits } = container.resources;
    // Limits of the service follow from the memory limit, so it fills it.
    expect(requests.memory).toBe(limits.memory);
    expect(limits['ephemeral-storage']).toMatch(/^\dGi$/);
    for (const { emptyDir } of spec.volumes) expect(emptyDir.sizeLimit).toMatch(/^\d+[MG]i$/);
    const spread = spec.topologySpreadConstraints.map(({ topologyKey, labelSelector }: Manifest) => {
      expect(labelSelector.matchLabels).toEqual(metadata.labels);
      return topologyKey;
    });
    expect(spread).toEqual(['topology.kubernetes.io/zone', 'kubernetes.io/hostname']);
  });

  it('has no token of the cluster', () => {
    expect(spec.automountServiceAccountToken).toBe(false);
  });

  it('runs unprivileged and writes only to volumes', () => {
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001 });
    expect(container.securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
    const volumes = spec.volumes.map(({ name }: { name: string }) => name);
    const mounts: { name: string; mountPath: string }[] = container.volumeMounts;
    expect(mounts.map(({ name }) => name).sort()).toEqual(volumes.sort());
    expect(mounts.map(({ mountPath }) => mountPath)).toContain('/data');
  });
});

test('the number of workers is set by the base, and in the overlay by the autoscaler alone', () => {
  expect(one('Deployment', 'bulk-image-worker').spec.replicas).toBe(2);
  expect(manifests.map(({ kind }) => kind)).not.toContain('HorizontalPodAutoscaler');
  const { patches, resources } = parse(text(AUTOSCALED, 'kustomization.yaml'));
  expect(resources).toEqual(['../../base', 'autoscaling.yaml']);
  expect(patches).toHaveLength(1);
  expect(patches[0].target).toEqual({ kind: 'Deployment', name: 'bulk-image-worker' });
  expect(parse(patches[0].patch)).toEqual([{ op: 'remove', path: '/spec/replicas' }]);
});

test('a drain takes one pod of a role at a time', () => {
  for (const role of ['api', 'worker']) {
    const { spec } = one('PodDisruptionBudget', `bulk-image-${role}`);
    expect(spec).toEqual({ maxUnavailable: 1, selector: { matchLabels: { app: 'bulk-image-processor', role } } });
  }
});

test('pods reach names, public addresses and the database, and no private address', () => {
  const { spec } = one('NetworkPolicy', 'bulk-image-processor');
  expect(spec.podSelector.matchLabels).toEqual({ app: 'bulk-image-processor' });
  expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
  const blocks = spec.egress.flatMap(({ to = [] }: Manifest) => to.flatMap(({ ipBlock }: Manifest) => ipBlock ?? []));
  expect(blocks.map(({ cidr }: Manifest) => cidr)).toEqual(['0.0.0.0/0', '::/0']);
  const excepted = blocks.flatMap(({ except }: Manifest) => except);
  expect(excepted).toEqual(expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16']));
  expect(excepted).toEqual(expect.arrayContaining(['fc00::/7', 'fe80::/10']));
});

test('the example of the secret names existing variables, and the Ingress leads to the Service', () => {
  const [secret] = read(FOLDER, 'secret.example.yaml');
  const names = Object.keys(secret.stringData);
  expect(names.filter((name) => !VARIABLES.includes(name) && !name.startsWith('AWS_'))).toEqual([]);
  const [container] = one('Deployment', 'bulk-image-api').spec.template.spec.containers;
  expect(container.envFrom).toContainEqual({ secretRef: { name: secret.metadata.name } });
  const [ingress] = read(FOLDER, 'overlays', 'ingress', 'ingress.yaml');
  const { service } = ingress.spec.rules[0].http.paths[0].backend;
  expect(one('Service', service.name).spec.ports[0].name).toBe(service.port.name);
  expect(literals.PUBLIC_URL).toBe(`https://${ingress.spec.rules[0].host}`);
});

test('workers are scaled by the queue depth, under the metric name of the service', async () => {
  const [{ spec }] = read(AUTOSCALED, 'autoscaling.yaml');
  one(spec.scaleTargetRef.kind, spec.scaleTargetRef.name);
  const [{ external }] = spec.metrics;

  const metrics = createMetrics({ version: '0', role: 'worker' });
  metrics.watchQueue({ images: async () => 1_200, oldestSeconds: async () => 0, webhooks: async () => 0 });
  const { value, families } = readScrape(await metrics.text());
  expect(value(external.metric.name)).toBe(1_200);
  expect(families.get(external.metric.name)?.type).toBe('gauge');

  const [rule, ...others] = parse(text('deploy/prometheus/adapter.yaml')).externalRules;
  expect(others).toEqual([]);
  expect(rule.name.as).toBe(external.metric.name);
  expect(rule.seriesQuery).toMatch(new RegExp(`^${external.metric.name}\\{`));
  // Every instance reports the total depth, so a sum would count it several times.
  expect(rule.metricsQuery).toMatch(/^max by /);
});

test('Prometheus finds the pods by their annotations', () => {
  const [job] = parse(text('deploy/prometheus/scrape.yaml')).scrape_configs;
  const address = job.relabel_configs.find((rule: { target_label?: string }) => rule.target_label === '__address__');
  const replace = (joined: string) => joined.replace(new RegExp(`^(?:${address.regex})$`), address.replacement);
  expect(replace('10.1.2.3:8080;3000')).toBe('10.1.2.3:3000');
  expect(replace('10.1.2.3;3000')).toBe('10.1.2.3:3000');
});

test('the configuration sets existing variables, and the Service targets the API', () => {
  expect(Object.keys(literals).filter((name) => !VARIABLES.includes(name))).toEqual([]);
  const { selector, ports } = one('Service', 'bulk-image-api').spec;
  expect(one('Deployment', 'bulk-image-api').spec.template.metadata.labels).toMatchObject(selector);
  expect(ports[0].targetPort).toBe('http');
});
