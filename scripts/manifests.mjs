/**
 * `npm run manifests`: the Kubernetes manifests against Kubernetes' own schemas, strictly, with kubernetes-validate from PyPI in a
 * virtual environment of its own, and against the recommendations of kube-score. Overlays too where there is a `kustomize` on
 * PATH. The last line is `N passed, N failed`; what cannot be installed is SKIPPED with the reason.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { goProgram } from './go-program.mjs';
import { root } from './prepare.mjs';
import { pythonEnvironment } from './python-environment.mjs';

const VERSION = '1.37.0';
const TOOL_MS = 60_000;
const KUBE_SCORE = 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0';
// A limit of CPU would throttle pods on idle nodes; requests share out the busy ones.
const SCORED = ['--ignore-container-cpu-limit', '--output-format', 'ci'];
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

const built = mkdtempSync(path.join(tmpdir(), 'manifests-'));
let [passed, failed] = [0, 0];
const check = (name, { status, stdout, stderr }) => {
  if (status === 0) passed += 1;
  else failed += 1;
  console.log(`${status === 0 ? '✓' : '✗'} ${name}${status === 0 ? '' : `\n${stdout}${stderr}`}`);
};

/** The schemas. */
const validate = (files) => {
  const reason = install();
  if (reason !== null) console.log(`SKIPPED: the manifests were not validated, ${reason}.`);
  else for (const file of files) check(path.relative(root, file), run(program, '--strict', '--quiet', file));
};

/** What is recommended. The overlay of the autoscaler takes away what the base has, so it is scored as it is applied only. */
const score = (files, overlays) => {
  const kubeScore = goProgram(KUBE_SCORE, 'the scores of the manifests, about a minute');
  if (kubeScore === null) {
    console.log('SKIPPED: the manifests were not scored, kube-score is not on PATH and cannot be built.');
    return;
  }
  const scored = (name, ignored, given) =>
    check(`${name}, scored`, run(kubeScore, 'score', ...SCORED, ...ignored, ...given));
  const together = files.filter((file) => !/autoscaled|secret/.test(path.relative(folder, file)));
  // The kustomization names it.
  scored('base and ingress', ['--ignore-test', 'container-image-tag'], together);
  for (const file of overlays) scored(path.basename(file, '.yaml'), [], [file]);
};

try {
  const overlays = builtFiles(built);
  validate([...manifestFiles(), ...overlays]);
  score(manifestFiles(), overlays);
} finally {
  rmSync(built, { recursive: true, force: true });
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
