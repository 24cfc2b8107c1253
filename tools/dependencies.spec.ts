import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const manifests = globSync('{libs,apps}/*/package.json', { cwd: root })
  .concat(['e2e/package.json', 'bench/package.json'].filter((path) => existsSync(join(root, path))))
  .map((path) => ({ folder: dirname(path), ...(JSON.parse(read(path)) as Manifest) }));
const declaredAtRoot = Object.keys((JSON.parse(read('package.json')) as Manifest).devDependencies ?? {});

const isOurs = (name: string): boolean => name.startsWith('@roomwire/');
/** Conformance kits and test builders are not specs themselves, but only specs import them. */
const isSpec = (path: string): boolean => /\.spec\.ts$|\/(conformance|testing)\//.test(path);
/** `@scope/name/sub` and `name/sub` → the package. */
const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

function importsOf(path: string): string[] {
  const source = read(path).replaceAll(/^\s*(\/\/|\*).*$/gm, '');
  return [
    ...source.matchAll(/(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s+'([^']+)'|(?:^|\n)import\s+'([^']+)'|import\('([^']+)'\)/g),
  ]
    .map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '')
    .filter((specifier) => specifier !== '' && !specifier.startsWith('.') && !isBuiltin(specifier))
    .map(packageOf);
}

describe('production-dependencies.txt', () => {
  const listed = read('production-dependencies.txt').trim().split('\n');
  const names = listed.map((line) => line.split(' — ')[0] ?? '');

  it('names each runtime package, and no other', () => {
    const used = new Set(manifests.flatMap(({ dependencies = {} }) => Object.keys(dependencies)).filter((name) => !isOurs(name)));

    expect(names).toEqual([...used].sort());
  });

  it('says of each why we have it', () => {
    expect(listed.filter((line) => !/^\S+ — \S.{9,}$/.test(line))).toEqual([]);
  });

  it('is of one version each', () => {
    const versions = new Map<string, Set<string>>();
    for (const { dependencies = {}, devDependencies = {} } of manifests)
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
        versions.set(name, (versions.get(name) ?? new Set()).add(version));

    expect([...versions].filter(([, all]) => all.size > 1)).toEqual([]);
  });
});

describe.each(manifests)('$folder/package.json', ({ folder, name: self, dependencies = {}, devDependencies = {} }) => {
  const files = globSync('src/**/*.ts', { cwd: join(root, folder) }).map((path) => join(folder, path));

  it('declares what its sources import', () => {
    const runtime = Object.keys(dependencies);
    const inSpecs = [...runtime, ...Object.keys(devDependencies), ...declaredAtRoot];
    const testOnly = self === '@roomwire/testkit' || self === '@roomwire/fleet' || self === '@roomwire/e2e';
    const missing = files.flatMap((file) => {
      const allowed = isSpec(file) || testOnly ? inSpecs : runtime;
      return importsOf(file)
        .filter((name) => name !== self && !allowed.includes(name))
        .map((name) => `${file}: ${name}`);
    });

    expect(missing).toEqual([]);
  });
});

describe('package-lock.json', () => {
  const packages = (JSON.parse(read('package-lock.json')) as { packages: Record<string, { resolved?: string }> }).packages;

  it('names no registry, so that it installs from any', () => {
    expect(Object.entries(packages).filter(([, { resolved }]) => resolved?.includes('://'))).toEqual([]);
  });

  // Two copies of Nest are two sets of tokens: nothing is found, and no message says why.
  it.each(['@nestjs/common', '@nestjs/core', 'fastify', '@nats-io/nats-core', 'rxjs', 'reflect-metadata', 'zod'])(
    'has %s once',
    (name) => {
      expect(Object.keys(packages).filter((path) => path.endsWith(`node_modules/${name}`))).toEqual([`node_modules/${name}`]);
    },
  );

  it('has the platform packages of each optional set, or npm ci fails elsewhere', () => {
    const all = packages as Record<string, { optionalDependencies?: Record<string, string> }>;
    const missing = Object.entries(all).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !Object.keys(all).some((other) => other.endsWith(`node_modules/${name}`)))
        .map((name) => `${path}: ${name}`),
    );

    expect(missing).toEqual([]);
  });
});
