import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from './objects.ts';

const root = join(import.meta.dirname, '../..');

/** Whether `kubectl kustomize` can be asked: there is no renderer among npm's packages that is kept up with kustomize. */
export const hasKubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0;

/** The objects of a folder of k8s/, as kustomize makes them. @throws what kustomize says */
export function render(folder: string): KubernetesObject[] {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', join(root, 'k8s', folder)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject);
}

/** What an API server would refuse of each list; all in one go, since the schemas take a second to load. */
export function schemaProblems(lists: readonly (readonly KubernetesObject[])[]): string[][] {
  const script = join(import.meta.dirname, 'schema.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { input: JSON.stringify(lists), encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[][];
}

/** Secret → its keys, as deploy/new-secrets.mjs makes them. */
export function secretsMade(): Record<string, string[]> {
  const script = join(root, 'deploy/new-secrets.mjs');
  const { stdout } = spawnSync(process.execPath, [script, '--kubernetes'], { encoding: 'utf8' });
  const { items } = JSON.parse(stdout) as { items: { metadata: { name: string }; stringData: Record<string, string> }[] };
  return Object.fromEntries(items.map(({ metadata, stringData }) => [metadata.name, Object.keys(stringData)]));
}
