import { swcOptions } from './scripts/swc-options.mjs';

/** The level of a spec is the suffix of its file: `.int.spec` talks to real servers, `.e2e.spec` to the whole fleet. */
const level = (displayName, roots, testMatch, ignored = []) => ({
  displayName,
  rootDir: import.meta.dirname,
  roots: roots.map((root) => `<rootDir>/${root}`),
  testMatch,
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/planted-provider-', ...ignored],
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.cache/'],
  testEnvironment: '<rootDir>/libs/testkit/src/leak-guard-environment.mjs',
  testEnvironmentOptions: { customExportConditions: ['@roomwire/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swcOptions] },
});

export default {
  projects: [
    level('unit', ['libs', 'apps', 'tools', 'scripts', 'bench', 'e2e'], ['**/*.spec.ts'], ['\\.(int|e2e)\\.spec\\.ts$']),
    level('int', ['libs', 'apps', 'tools', 'scripts', 'bench'], ['**/*.int.spec.ts']),
    level('e2e', ['e2e'], ['<rootDir>/e2e/src/**/*.e2e.spec.ts']),
  ],
  reporters: ['default', '<rootDir>/scripts/totals-reporter.mjs'],
  testTimeout: 30_000,
};
