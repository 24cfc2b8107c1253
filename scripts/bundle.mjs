/**
 * npm run build [-- [--out=FOLDER] app …]: every app with a src/main.ts, its libraries and its packages as one file,
 * dist/<app>/main.mjs, that runs with `node` and nothing else. swc transforms our sources (esbuild emits no decorator metadata,
 * without which Nest injects nothing); esbuild does the rest. Names stay as they are: Nest logs class names, and the watchdog hands
 * a function on as text.
 */
import { build } from 'esbuild';
import { transform } from '@swc/core';
import { cpSync, existsSync, globSync, readdirSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { swcOptions } from './swc-options.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values, positionals: wanted } = parseArgs({
  options: { out: { type: 'string', default: 'dist' } },
  allowPositionals: true,
});
const outFolder = resolve(root, values.out);

/** Nest and ws import these when somebody uses what they are for, or has them. We do not; whatever else stays outside is a mistake of the bundle's. */
const NEVER_LOADED = [
  ...['@nestjs/websockets', '@nestjs/platform-express', 'class-transformer', 'class-validator', 'cache-manager'],
  ...['@grpc/grpc-js', '@grpc/proto-loader', 'kafkajs', 'mqtt', 'amqplib', 'amqp-connection-manager'],
  ...['@fastify/multipart', '@fastify/static', '@fastify/view'],
  ...['bufferutil', 'utf-8-validate'],
];

const transformed = new Map();

/** Our TypeScript through swc, once for all apps. What a file reads beside itself must come along: `lua/`, and nothing else is known. */
const ours = (assets) => ({
  name: 'roomwire',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path: filename }) => {
      const source = await readFile(filename, 'utf8');
      if (/import\.meta\.(url|dirname|filename)/.test(source)) {
        const folder = join(dirname(filename), 'lua');
        if (!existsSync(folder))
          return { errors: [{ text: 'reads a file beside itself, and scripts/bundle.mjs knows only lua/' }] };
        assets.add(folder);
      }
      if (!transformed.has(filename)) transformed.set(filename, transform(source, { ...swcOptions, filename }));
      const { code } = await transformed.get(filename);
      return { contents: code, loader: 'js' };
    });
  },
});

async function bundle(app) {
  const started = performance.now();
  const out = join(outFolder, app);
  const assets = new Set();
  rmSync(out, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: [join(root, 'apps', app, 'src/main.ts')],
    outfile: join(out, 'main.mjs'),
    absWorkingDir: root,
    plugins: [ours(assets)],
    ...{
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node26',
      legalComments: 'none',
      logLevel: 'warning',
      minifyWhitespace: true,
      minifySyntax: true,
    },
    ...{ sourcemap: 'linked', sourcesContent: false, metafile: true },
    conditions: ['@roomwire/source'],
    mainFields: ['module', 'main'],
    external: NEVER_LOADED.flatMap((name) => [name, `${name}/*`]),
    // What is CommonJS among the packages requires Node's own modules.
    banner: {
      js: `import { createRequire as roomwireRequire } from 'node:module';\nconst require = roomwireRequire(import.meta.url);`,
    },
  });
  refuseStrays(app, metafile);
  for (const folder of assets) copyAssets(folder, join(out, 'lua'));
  const megabytes = (statSync(join(out, 'main.mjs')).size / 1e6).toFixed(2);
  process.stdout.write(`${app}: ${megabytes} MB, ${Math.round(performance.now() - started)} ms\n`);
}

function refuseStrays(app, { outputs }) {
  const left = Object.values(outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ path, external }) => external && !isBuiltin(path))
    .map(({ path }) => path)
    .filter((path) => !NEVER_LOADED.some((name) => path === name || path.startsWith(`${name}/`)));
  if (left.length > 0) throw new Error(`${app}: the bundle would need at run time: ${[...new Set(left)].join(', ')}`);
}

/** All scripts of an app end in one folder: two of one name would be one of them. */
function copyAssets(from, to) {
  for (const name of readdirSync(from)) cpSync(join(from, name), join(to, name), { errorOnExist: true, force: false });
}

const all = globSync('apps/*/src/main.ts', { cwd: root }).map((path) => relative('apps', dirname(dirname(path))));
const unknown = wanted.filter((app) => !all.includes(app));
if (unknown.length > 0) {
  process.stderr.write(`no such app: ${unknown.join(', ')}; there are ${all.join(', ')}\n`);
  process.exit(2);
}
for (const app of wanted.length > 0 ? wanted : all.sort()) await bundle(app);
