/** @jest-config-loader esbuild-register */
import { availableParallelism } from 'node:os';
import type { Config } from 'jest';

// Tests run as CommonJS, compiled on the fly; the few dependencies that ship ES modules only are compiled with them.
const esModulesOnly = ['uuid', 'p-limit', 'yocto-queue'];

const config: Config = {
  testEnvironment: '<rootDir>/test/support/environment.ts',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.m?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModulesOnly.join('|')})/)`],
  collectCoverageFrom: ['src/**/*.ts'],
  coverageDirectory: 'coverage',
  coverageReporters: ['text', 'lcovonly'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  setupFilesAfterEnv: ['<rootDir>/test/support/router/watch.ts'],
  // No measure of speed: what hangs ends. Machines differ by ten times, and tests run side by side.
  testTimeout: 120_000,
  // Files have servers and databases of their own and wait a lot: with a worker a core the cores idle a quarter of the time.
  // A number, as jest reads '150%' as 150 workers.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
};

export default config;
