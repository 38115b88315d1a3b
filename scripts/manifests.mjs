/**
 * `npm run manifests`: the Kubernetes manifests against Kubernetes' own schemas, strictly, with kubernetes-validate from PyPI in a
 * virtual environment of its own. Overlays too where there is a `kustomize` on PATH. The last line is `N passed, N failed`; it
 * SKIPs with the reason where the package cannot be installed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './prepare.mjs';
import { pythonEnvironment } from './python-environment.mjs';

const VERSION = '1.37.0';
const TOOL_MS = 60_000;
const folder = path.join(root, 'deploy', 'kubernetes');
const name = `kubernetes-validate-${VERSION}`;
const { python, install } = pythonEnvironment(name, [`kubernetes-validate==${VERSION}`], 'kubernetes_validate');
const program = path.join(path.dirname(python), 'kubernetes-validate');

const run = (command, ...args) => spawnSync(command, args, { encoding: 'utf8', timeout: TOOL_MS });

const manifestFiles = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && path.basename(name) !== 'kustomization.yaml')
    .map((name) => path.join(folder, name));

/** What kustomize makes of each folder that has a kustomization. */
const builtFiles = (into) => {
  if (run('kustomize', 'version').status !== 0) {
    console.log('kustomize is not on PATH: the overlays are checked file by file, not as they are applied.');
    return [];
  }
  const folders = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => path.basename(name) === 'kustomization.yaml')
    .map((name) => path.dirname(name));
  return folders.map((name) => {
    const { status, stdout, stderr } = run('kustomize', 'build', path.join(folder, name));
    const file = path.join(into, `${name.replaceAll(path.sep, '-')}.yaml`);
    // What cannot be built is not valid either.
    writeFileSync(file, status === 0 ? stdout : `not built: ${stderr}`);
    return file;
  });
};

const reason = install();
let [passed, failed] = [0, 0];
if (reason !== null) console.log(`SKIPPED: the manifests were not validated, ${reason}.`);
else {
  const directory = mkdtempSync(path.join(tmpdir(), 'manifests-'));
  try {
    for (const file of [...manifestFiles(), ...builtFiles(directory)]) {
      const { status, stdout, stderr } = run(program, '--strict', '--quiet', file);
      if (status === 0) passed += 1;
      else failed += 1;
      console.log(
        `${status === 0 ? '✓' : '✗'} ${path.relative(root, file)}${status === 0 ? '' : `\n${stdout}${stderr}`}`,
      );
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
