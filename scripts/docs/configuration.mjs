import { z } from 'zod';
import { accessVariables } from '../../dist/config/access.js';
import { downloadVariables } from '../../dist/config/downloads.js';
import { limitVariables } from '../../dist/config/limits.js';
import { storageVariables } from '../../dist/config/storage.js';
import { schema } from '../../dist/config.js';
import { code, table } from './table.mjs';

const GROUPS = {
  service: ['MONGODB_URI', 'DATA_DIR', 'PORT', 'HOST', 'PUBLIC_URL', 'ROLE', 'LOG_LEVEL'],
  work: [
    ...['WORKER_THREADS', 'TASKS_PER_THREAD', 'MEMORY_BYTES', 'DATABASE_CACHE_BYTES'],
    ...['LEASE_SECONDS', 'SHUTDOWN_SECONDS', 'RETENTION_DAYS'],
  ],
  network: ['ALLOW_PRIVATE_NETWORKS', 'ALLOWED_PORTS', 'DNS_SERVERS', ...Object.keys(downloadVariables.shape)],
  access: [...Object.keys(accessVariables.shape), 'WEBHOOK_SECRET'],
  storage: Object.keys(storageVariables.shape),
  limits: Object.keys(limitVariables.shape),
};

const UNITS = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
];

const number = (value) => value.toLocaleString('en-US');
const amount = (name, value) => {
  const [unit, size] =
    (name.includes('BYTES') && UNITS.find(([, bytes]) => value >= bytes && value % bytes === 0)) || [];
  return unit === undefined ? number(value) : `${number(value / size)} ${unit}`;
};

const defaultOf = (name, { default: value }) => {
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return 'empty';
  const text = code(value);
  return name.includes('BYTES') ? `${text} (${amount(name, value)})` : text;
};

const valuesOf = (name, { enum: values, minimum, maximum }) => {
  if (values !== undefined) return values.map(code).join(', ');
  if (maximum === undefined) return '';
  return maximum >= Number.MAX_SAFE_INTEGER
    ? `at least ${amount(name, minimum)}`
    : `${amount(name, minimum)} to ${amount(name, maximum)}`;
};

/** One table per group, from the schema that checks the environment. */
export const configurationBlocks = () => {
  const { properties } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  const grouped = Object.values(GROUPS).flat();
  const missing = Object.keys(properties).filter((name) => !grouped.includes(name));
  if (missing.length > 0) throw new Error(`scripts/docs/configuration.mjs has no group for ${missing.join(', ')}`);
  return Object.fromEntries(
    Object.entries(GROUPS).map(([group, names]) => {
      const rows = names.map((name) => {
        const property = properties[name];
        if (property?.description === undefined) throw new Error(`${name} has no description in src/config`);
        return [code(name), defaultOf(name, property), valuesOf(name, property), property.description];
      });
      return [`configuration:${group}`, table(['variable', 'default', 'values', 'meaning'], rows)];
    }),
  );
};
