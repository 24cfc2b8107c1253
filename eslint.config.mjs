import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import importOnlyIn from './tools/eslint/import-only-in.mjs';
import pure from './tools/eslint/pure.mjs';
import { depConstraints, importLimits, pureFiles } from './tools/eslint/rooms.mjs';

const TS = ['**/*.ts'];
const SPECS = [
  '**/*.spec.ts',
  '**/conformance/**/*.ts',
  '**/testing/**/*.ts',
  'libs/{testkit,fleet}/**/*.ts',
  'e2e/**/*.ts',
  'bench/**/*.ts',
];
const counted = { skipBlankLines: true, skipComments: true };
const boundaries = (options) => [
  'error',
  { enforceBuildableLibDependency: false, allow: [], depConstraints: depConstraints(options) },
];
const noStar = {
  selector: 'ExportAllDeclaration',
  message: 'List the names: a door that opens by itself lets everything through.',
};
const noSleep = {
  selector: 'CallExpression[callee.name="setTimeout"], ImportDeclaration[source.value=/^(node:)?timers\\/promises$/]',
  message: 'No sleeps in tests: eventually(), an event, or a clock that the test moves.',
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.cache/**', '.nx/**', 'coverage/**', '**/planted-*/**'] },
  js.configs.recommended,
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
      },
    },
  },
  { files: TS, extends: [...tseslint.configs.recommendedTypeChecked] },
  {
    files: TS,
    languageOptions: {
      // Nest's metadata needs the constructor's types at run time; the parser must know, or consistent-type-imports breaks injection.
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        emitDecoratorMetadata: true,
        experimentalDecorators: true,
      },
    },
    plugins: { '@nx': nx, roomwire: { rules: { 'import-only-in': importOnlyIn, pure } } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries({ test: false }),
      'roomwire/import-only-in': ['error', importLimits],
      'no-restricted-syntax': ['error', noStar],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only main.ts and environment files read it.' },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-await': 'off', // ports are asynchronous even where their twin in memory is not
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300, ...counted }],
      'max-lines-per-function': ['error', { max: 60, ...counted }],
    },
  },
  ...pureFiles.map(({ files, allow }) => ({
    files,
    ignores: SPECS,
    rules: { 'roomwire/pure': ['error', { allow }] },
  })),
  {
    files: [
      '**/main.ts',
      '**/environment.ts',
      '**/*.environment.ts',
      'scripts/**/*.ts',
      'bench/**/*.ts',
      'libs/{testkit,fleet}/**/*.ts',
      'e2e/src/*/settings.ts',
      'tools/**/*.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['scripts/**/*.ts', 'apps/cli/**/*.ts', 'bench/**/*.ts', 'libs/{testkit,fleet}/**/*.ts', '**/main.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: SPECS,
    rules: {
      '@nx/enforce-module-boundaries': boundaries({ test: true }),
      'no-restricted-syntax': ['error', noStar, noSleep],
      'max-lines-per-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['libs/{testkit,fleet}/src/*.ts', 'e2e/src/siege/*.ts', 'bench/src/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-syntax': ['error', noStar] },
  },
  {
    files: ['**/index.ts'],
    ignores: ['libs/*/src/index.ts'],
    rules: {
      'no-restricted-syntax': ['error', noStar, { selector: 'Program', message: 'No index.ts but a library’s one door.' }],
    },
  },
);
