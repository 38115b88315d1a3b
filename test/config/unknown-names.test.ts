import { unknownNames } from '../../src/config/unknown-names.ts';
import { VARIABLES } from '../../src/config.ts';

test('names of a .env that mean nothing are said, with the nearest one that does', () => {
  expect(unknownNames(['PORT', 'AWS_REGION', 'TZ'], VARIABLES)).toBeNull();
  expect(unknownNames(['WORKER_THREAD', 'PROT', 'api_key', 'SHOP_NAME'], VARIABLES)).toBe(
    'Ignored in .env, because the service has no such settings: WORKER_THREAD (did you mean WORKER_THREADS?), PROT (did you mean PORT?), api_key (did you mean API_KEYS?), SHOP_NAME. docs/configuration.md lists all.',
  );
});
