import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { sectionOf } from '../../scripts/release-notes.mjs';

const CHANGELOG = `# Changelog

## [Unreleased]

- Later.

## [1.2.0] - 2026-01-02

### Added

- This.

## [1.1.0] - 2026-01-01

- Earlier.
`;

test('the notes of a release are the section of its version', () => {
  expect(sectionOf(CHANGELOG, '1.2.0')).toBe('### Added\n\n- This.');
  expect(sectionOf(CHANGELOG, '1.1.0')).toBe('- Earlier.');
  expect(sectionOf(CHANGELOG, '1.2')).toBeNull();
});

test('the workflow tests before it publishes, both targets for two architectures, and only what is tagged', () => {
  const { jobs, on } = parse(readFileSync('.github/workflows/ci.yml', 'utf8'));
  expect(on.push.tags).toEqual(['v*']);
  expect(jobs.publish).toMatchObject({ if: "github.ref_type == 'tag'", needs: ['test', 'image'] });
  const builds = [...jobs.image.steps, ...jobs.publish.steps].filter(({ uses = '' }) => uses.includes('build-push'));
  expect(builds.map((step) => step.with.platforms)).toEqual(Array(3).fill('linux/amd64,linux/arm64'));
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  for (const target of [...jobs.image.strategy.matrix.target, builds[1].with.target, builds[2].with.target]) {
    expect(dockerfile).toContain(` AS ${target}\n`);
  }
});
