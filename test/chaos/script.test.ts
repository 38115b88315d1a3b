import { spawn } from 'node:child_process';
import { once } from 'node:events';

// Jest compiles the scenarios in another way than the script does, which may find an import missing.
test('npm run chaos loads its scenarios and reaches the given server', async () => {
  const child = spawn(process.execPath, ['scripts/chaos.mjs', '--only', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const [code] = await once(child, 'close');
  expect(out).toMatch(/Database: mongodb:\/\/[\s\S]*\| scenario \| held \| figures \|/);
  expect(code).toBe(0);
});
