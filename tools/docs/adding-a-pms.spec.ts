import { adapters } from '@roomwire/pms-adapters';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/adding-a-pms.md'), 'utf8');
/** Fenced blocks with a file's name: language, name, text. */
const blocks = [...page.matchAll(/^```(\w+) (\S+)\n(.*?)^```$/gms)].map(([, language, file, text]) => ({
  language,
  file: file!,
  text: text!,
}));
const changes = blocks
  .filter(({ language }) => language === 'diff')
  .map(({ file, text }) => ({ file, text: changed(readFileSync(join(root, file), 'utf8'), text) }));

/** A tree of its own in the repository's, so that packages are found: the words, the adapters, and the new one among them. */
const tree = mkdtempSync(join(import.meta.dirname, 'planted-provider-'));
const folder = join(tree, 'libs/pms-adapters/src/harbour');
const removed = () => rmSync(tree, { recursive: true });
for (const lib of ['libs/events/src', 'libs/pms-adapters/src', 'libs/jetstream/src'])
  cpSync(join(root, lib), join(tree, lib), { recursive: true, filter: (path) => !path.endsWith('.spec.ts') });
for (const { file, text } of changes) writeFileSync(join(tree, file), text);
for (const { file, text } of blocks.filter(({ language }) => language !== 'diff')) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}
afterAll(removed);

/** Lines that go, each with the lines that come in its place. */
function changed(text: string, diff: string): string {
  return diff.split(/^(?=-)/m).reduce((before, hunk) => {
    const lines = hunk.trimEnd().split('\n');
    const taken = `${lines[0]!.slice(1)}\n`;
    if (!before.includes(taken)) throw new Error(`docs/adding-a-pms.md changes a line that is not there: ${taken}`);
    return before.replace(taken, () =>
      lines
        .slice(1)
        .map((line) => `${line.slice(1)}\n`)
        .join(''),
    );
  }, text);
}

// The page's own spec: it describes its adapter by the kit here. What cannot even be loaded runs no hook.
await import(join(folder, 'adapter.spec.ts')).catch((error: unknown) => {
  removed();
  throw error;
});

describe('docs/adding-a-pms.md', () => {
  it('compiles as the repository does', () => {
    const paths = { '@roomwire/events': ['./libs/events/src/index.ts'] };
    const tsconfig = {
      extends: '../../../tsconfig.base.json',
      compilerOptions: { noEmit: true, paths },
      files: ['harbour/adapter.spec.ts', 'index.ts'].map((file) => join('libs/pms-adapters/src', file)),
    };
    writeFileSync(join(tree, 'tsconfig.json'), JSON.stringify(tsconfig));
    const tsc = [join(root, 'node_modules/typescript7/bin/tsc'), '-p', join(tree, 'tsconfig.json')];
    let problems = '';
    try {
      execFileSync(process.execPath, tsc, { encoding: 'utf8' });
    } catch (error) {
      problems = (error as { stdout: string }).stdout;
    }
    expect(problems).toBe('');
  }, 120_000);

  it('is found among the adapters once its changes are made, with its names in the reference’s order', async () => {
    const door = (await import(join(tree, 'libs/pms-adapters/src/index.ts'))) as { adapterOf(name: string): object | undefined };
    const harbour = door.adapterOf('harbour')!;
    const order = Object.keys(adapters.memory);
    expect(Object.keys(harbour)).toEqual(order.filter((name) => name in harbour));
  });

  it('may be read by the sync-worker once its changes are made', async () => {
    const access = (await import(join(tree, 'libs/jetstream/src/access.ts'))) as { natsConf(): string };
    expect(access.natsConf()).toContain('fetch-harbour-live');
  });

  it('names files that are there, and parts that the port has', () => {
    const named = [...page.matchAll(/`((?:libs|apps|tools|docs|deploy|k8s)\/[\w./-]+)`/g)].map(([, file]) => file!);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((file) => !file.endsWith('/harbour') && !existsSync(join(root, file)))).toEqual([]);
    const port = readFileSync(join(root, 'libs/pms-port/src/adapter.ts'), 'utf8');
    const parts = [...page.split('## 8.')[1]!.matchAll(/^\| `(\w+)` \|/gm)].map(([, part]) => part!);
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.filter((part) => !new RegExp(`^  (readonly )?${part}\\??[(:]`, 'm').test(port))).toEqual([]);
  });
});
