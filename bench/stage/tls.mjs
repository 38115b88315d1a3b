import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/prepare.mjs';

const file = (name) => join(root, 'test', 'fixtures', 'tls', name);

/** For NODE_EXTRA_CA_CERTS: the authority behind {@link certificate}. */
export const AUTHORITY = file('root.pem');

/** Of 127.0.0.1, with its chain as servers send it. */
export const certificate = () => ({
  key: readFileSync(file('leaf.key')),
  cert: Buffer.concat([readFileSync(file('leaf.pem')), readFileSync(file('intermediate.pem'))]),
});
