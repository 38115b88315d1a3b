import { readFileSync } from 'node:fs';
import { USER_AGENT } from '../../src/network/user-agent.ts';

it('contains the version of the package', () => {
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(USER_AGENT).toBe(`${name}/${version}`);
});
