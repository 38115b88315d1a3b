/**
 * The import rules of docs/architecture.md: each folder imports only from folders below it, and there are no cycles.
 * `npm run lint` checks them, `npm run generate` draws docs/images/folders.svg from the same graph.
 */

/** From the top down; a folder may import from the layers below its own, and from nothing beside or above it. */
const LAYERS = [
  ['main', 'cli', 'orphans'],
  ['serve'],
  ['service'],
  ['startup', 'worker'],
  ['config'],
  ['app'],
  ['http'],
  ['dispatch', 'results'],
  ['requests'],
  ['xlsx'],
  ['csv', 'images', 'storage', 'webhooks', 'database', 'embedded', 'metrics'],
  ['network'],
  ['timing'],
  [
    'errno',
    'errors',
    'image-error-hints',
    'log-output',
    'open-files',
    'stop-signals',
    'output-formats',
    'schema-version',
    'tally',
    'trim',
    'unique-names',
  ],
];

/** A file `src/name.ts` or a folder `src/name/`. */
const pathOf = (names) => `^src/(${names.join('|')})(/|\\.ts$)`;

const upwards = LAYERS.slice(1).map((names, index) => ({
  name: `no-upward-import-from-${names.join('-')}`,
  severity: 'error',
  comment: 'Imports point down the layers of docs/architecture.md.',
  from: { path: pathOf(names) },
  to: { path: pathOf(LAYERS.slice(0, index + 1).flat()) },
}));

const siblings = LAYERS.filter(
  (names) => names.length > 1 && !names.includes('main') && !names.includes('errors'),
).flatMap((names) =>
  names.map((name) => ({
    name: `no-sibling-import-from-${name}`,
    severity: 'error',
    comment: 'A folder never imports another one of its layer; what both need lies below, or is passed in.',
    from: { path: pathOf([name]) },
    to: { path: pathOf(names.filter((other) => other !== name)) },
  })),
);

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    ...upwards,
    ...siblings,
    {
      name: 'every-folder-has-a-layer',
      severity: 'error',
      comment: 'Put a new folder of src/ into LAYERS.',
      from: {},
      to: { path: '^src/', pathNot: `${pathOf(LAYERS.flat())}|^src/web/` },
    },
    {
      name: 'page-runs-in-a-browser',
      severity: 'error',
      comment: 'The page imports csv/ and the types of the HTTP layer; nothing of Node.',
      from: { path: '^src/web/' },
      to: {
        pathNot:
          '^src/(web|csv|trim\\.ts|errors\\.ts|image-error-hints\\.ts|output-formats\\.ts|http/page-settings\\.ts|http/openapi/(answers|file-answer|trial-answer)\\.ts)|^node_modules/',
      },
    },
    {
      name: 'page-is-not-imported',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/web/' },
      to: { path: '^src/web/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    reporterOptions: { dot: { collapsePattern: '^src/[^/]+' } },
  },
};
