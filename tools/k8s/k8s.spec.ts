import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shapes } from '../docs/tables.ts';
import type { KubernetesObject } from './objects.ts';
import { planted } from './planted.ts';
import { podProblems } from './pod-policy.ts';
import { hasKubectl, render, schemaProblems, secretsMade } from './render.ts';
import { variableProblems, type Known } from './variable-policy.ts';
import { wiringProblems } from './wiring-policy.ts';

const root = join(import.meta.dirname, '../..');
const SERVICES = ['ingest-gateway', 'normalizer', 'propagator', 'registry', 'sync-worker', 'token-vault'];

if (!hasKubectl) process.stderr.write('skipped: the checks of k8s/: no kubectl is found, and nothing else renders kustomize\n');
const suite = hasKubectl ? describe : describe.skip;

const FOLDERS = ['base', 'overlays/dev', 'overlays/prod'];
const PRODUCTION = 'overlays/prod';

suite(`k8s${hasKubectl ? '' : ' (skipped: no kubectl)'}`, () => {
  let known: Known;
  const rendered: Record<string, KubernetesObject[]> = {};
  const withMistakes = new Map<string, KubernetesObject[]>();
  /** By folder or by mistake. */
  const refused = new Map<string, string[]>();
  const policyProblems = (objects: readonly KubernetesObject[]): string[] => [
    ...podProblems(objects),
    ...variableProblems(objects, known),
    ...wiringProblems(objects),
  ];
  beforeAll(async () => {
    known = { shapes: await shapes(), secrets: secretsMade() };
    for (const folder of FOLDERS) rendered[folder] = render(folder);
    for (const { mistake, where = PRODUCTION, plant } of planted) {
      const objects = structuredClone(rendered[where]!);
      plant(objects);
      withMistakes.set(mistake, objects);
    }
    const asked = new Map(Object.entries(rendered));
    for (const { mistake, by } of planted) if (by === 'schema') asked.set(mistake, withMistakes.get(mistake)!);
    const answers = schemaProblems([...asked.values()]);
    for (const [index, name] of [...asked.keys()].entries()) refused.set(name, answers[index]!);
  });

  describe.each(FOLDERS)('%s', (folder) => {
    it('is what an API server would take', () => {
      expect(refused.get(folder)).toEqual([]);
    });

    it('keeps the house’s rules', () => {
      expect(policyProblems(rendered[folder]!)).toEqual([]);
    });

    it('has every service', () => {
      const names = rendered[folder]!.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata?.name);

      expect(names.sort()).toEqual(SERVICES);
    });
  });

  it('brings the nats.conf that deploy/ has, and the example of tenants', () => {
    const text = (path: string) => readFileSync(join(root, path), 'utf8');

    expect(text('k8s/components/backends/nats.conf')).toBe(text('deploy/nats.conf'));
    expect(text('k8s/components/provision/tenants.json')).toBe(text('deploy/tenants.example.json'));
  });

  it('in production runs images by digest', () => {
    expect(
      JSON.stringify(rendered['overlays/prod'])
        .match(/"image":"[^"]*"/g)
        ?.filter((image) => !image.includes('@sha256:')),
    ).toEqual([]);
  });

  // A rule that finds nothing any more is a wall that fell.
  describe('finds', () => {
    it.each(planted)('$mistake', ({ mistake, where = PRODUCTION, by, found }) => {
      const objects = withMistakes.get(mistake)!;

      expect(objects).not.toEqual(rendered[where]);
      expect(by === 'schema' ? refused.get(mistake) : policyProblems(objects)).toContainEqual(expect.stringMatching(found));
    });
  });
});
