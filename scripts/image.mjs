/**
 * `npm run image`: builds both targets of the Dockerfile with buildah and does the main job in them with podman, as strictly as
 * a platform may run them. Needs no daemon and no registry of images; needs root, and SKIPs with the reason where a program is
 * missing. The last line is `N passed, N failed`.
 *
 *   --pull         the real base image instead of a stand-in made from Debian's and npm's packages
 *   --work FOLDER  keeps everything there, so that the next run builds only what has changed
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { debianMirror, makeBase } from './image/base.mjs';
import { openEngine } from './image/engine.mjs';
import { buildSecrets } from './image/secrets.mjs';
import { prepareNode } from './nodes/install.mjs';
import { prepare, root, runScript } from './prepare.mjs';
import { prepareDatabase } from './prepare-database.mjs';

const PROGRAMS = ['buildah', 'podman', 'runc'];
const IMAGES = { service: 'bulk-image-processor', standalone: 'bulk-image-processor:standalone' };

const succeeds = (program, ...args) => {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const baseOf = (dockerfile) => /^FROM (node:(\d+)\.\S+?-(\w+)-slim) AS build$/m.exec(dockerfile)?.slice(1) ?? [];

/** Why the image cannot be built here, or null. */
const obstacle = (standIn) => {
  if (process.platform !== 'linux' || process.getuid() !== 0) return 'it needs root on Linux';
  const missing = [...PROGRAMS, ...(standIn ? ['debootstrap'] : [])].filter(
    (program) => !succeeds(program, '--version'),
  );
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  if (!succeeds('unshare', '--mount', '--pid', '--fork', 'true')) return 'this machine allows no namespaces';
  return standIn && debianMirror() === undefined ? 'apt has no Debian archive here' : null;
};

const build = async (engine, folder, pull) => {
  const [base, major, suite] = baseOf(readFileSync(path.join(root, 'Dockerfile'), 'utf8'));
  const name = `docker.io/library/${base}`;
  if (!pull && (await engine.buildah('images', '-q', name).catch(() => '')) === '') {
    const { program, missing } = await prepareNode(Number(major));
    if (missing !== undefined) throw new Error(`node@${major} from npm: ${missing}`);
    await makeBase(engine, { name, suite, node: program, folder });
  }
  const secrets = buildSecrets(folder);
  const how = [pull ? '--pull' : '--pull=never', ...secrets];
  await engine.build(...how, '-t', IMAGES.service, root);
  await engine.build(...how, '-t', IMAGES.standalone, '--target', 'standalone', root);
};

const check = async (engine, folder) => {
  const { CHECKS } = await import('./image/checks.mjs');
  let passed = 0;
  for (const [what, run] of Object.entries(CHECKS)) {
    const began = performance.now();
    try {
      const seen = await run({ engine, images: IMAGES, folder });
      passed += 1;
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(`✓ ${what}${seen === undefined ? '' : `: ${seen}`} (${seconds} s)`);
    } catch (error) {
      console.log(`✗ ${what}: ${error.stderr?.trim() || error.message}`);
    }
  }
  return { passed, failed: Object.keys(CHECKS).length - passed };
};

await runScript(async () => {
  const { values } = parseArgs({ options: { pull: { type: 'boolean', default: false }, work: { type: 'string' } } });
  process.chdir(root);
  const reason = obstacle(!values.pull);
  if (reason !== null) {
    console.log(`SKIPPED: the image was not built, ${reason}.\n\n0 passed, 0 failed`);
    return 0;
  }
  await prepare();
  await prepareDatabase();
  const folder = values.work === undefined ? mkdtempSync(path.join(tmpdir(), 'image-')) : path.resolve(values.work);
  mkdirSync(folder, { recursive: true });
  const engine = openEngine(folder, values.work !== undefined);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void engine.close().finally(() => process.exit(1)));
  }
  let result = { passed: 0, failed: 1 };
  try {
    await build(engine, folder, values.pull);
    result = await check(engine, folder);
  } catch (error) {
    console.log(`✗ the build: ${error.stderr?.trim() || error.message}`);
  } finally {
    await engine.close();
    if (values.work === undefined && existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${result.passed} passed, ${result.failed} failed`);
  return result.failed === 0 ? 0 : 1;
});
