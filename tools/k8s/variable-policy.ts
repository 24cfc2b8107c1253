import { environmentTable, type Shape } from '@roomwire/chassis';
import type { V1ConfigMap, V1EnvVar } from '@kubernetes/client-node';
import { nameOf, ofKind, portOf, workloadsOf, type KubernetesObject, type Workload } from './objects.ts';

/** Secret → its keys: what deploy/new-secrets.mjs makes. */
export type SecretKeys = Readonly<Record<string, readonly string[]>>;
export type Known = { shapes: Readonly<Record<string, Shape>>; secrets: SecretKeys };

/** A value under such a name is nobody's to read. REDIS_URL holds a password. */
const isSecret = (name: string): boolean => /PASSWORD|SECRET|TOKEN|_KEYS?$|^REDIS_URL$/.test(name);
/** Optional for one process, but two replicas that differ refuse each other’s clients. */
const NEEDED: Readonly<Record<string, readonly string[]>> = { propagator: ['ROOMWIRE_TICKET_KEY'] };
const OF_ALL = ['NATS_URL', 'NATS_PASSWORD', 'HOST', 'PORT', 'METRICS_PORT'];

/** What is wrong with what the pods are told, and where they find it. */
export function variableProblems(objects: readonly KubernetesObject[], known: Known): string[] {
  return [
    ...ofKind(objects, 'Secret').map((secret) => `${nameOf(secret)}: secrets are not kept here`),
    ...ofKind<V1ConfigMap>(objects, 'ConfigMap').flatMap((map) =>
      Object.keys(map.data ?? {})
        .filter(isSecret)
        .map((key) => `${nameOf(map)}: ${key} is a secret`),
    ),
    ...workloadsOf(objects).flatMap((workload) => {
      const problems = [
        ...workload.pod.containers.flatMap(({ env = [] }) => env.flatMap((each) => sourceProblems(each, objects, known.secrets))),
        ...(workload.kind === 'Deployment' ? serviceProblems(workload, known.shapes) : []),
      ];
      return problems.map((problem) => `${workload.name}: ${problem}`);
    }),
  ];
}

function sourceProblems(
  { name, value, valueFrom }: V1EnvVar,
  objects: readonly KubernetesObject[],
  secrets: SecretKeys,
): string[] {
  if (isSecret(name) && !valueFrom?.secretKeyRef) return [`${name} is a secret and stands here in clear`];
  if (value !== undefined && valueFrom) return [`${name} has two sources`];
  const secret = valueFrom?.secretKeyRef;
  if (secret && !secrets[secret.name ?? '']?.includes(secret.key))
    return [`${name} comes from ${secret.name}/${secret.key}, which deploy/new-secrets.mjs does not make`];
  const map = valueFrom?.configMapKeyRef;
  const there = map && ofKind<V1ConfigMap>(objects, 'ConfigMap').find(({ metadata }) => metadata?.name === map.name)?.data;
  return map && there?.[map.key] === undefined ? [`${name} comes from ${map.name}/${map.key}, which is not there`] : [];
}

function serviceProblems({ app, template, pod: { containers } }: Workload, shapes: Known['shapes']): string[] {
  const shape = app === undefined ? undefined : shapes[app];
  if (!shape) return [`${containers[0]?.image} is no service of ours`];
  const env = containers[0]?.env ?? [];
  const names = env.map(({ name }) => name);
  const variables = [...environmentTable(), ...environmentTable(shape)];
  const needed = [...OF_ALL, ...(NEEDED[app!] ?? []), ...variables.flatMap(({ name, required }) => (required ? [name] : []))];
  const of = (name: string): string | undefined => env.find((each) => each.name === name)?.value;
  return [
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is set twice`),
    ...names.filter((name) => !variables.some((one) => one.name === name)).map((name) => `${app} knows no variable ${name}`),
    ...[...new Set(needed)].filter((name) => !names.includes(name)).map((name) => `${name} is not set`),
    ...env.flatMap(({ name, value }) => {
      const schema = shape[name];
      return value !== undefined && schema && !schema.safeParse(value).success ? [`${name} is not what ${app} takes`] : [];
    }),
    /^(127\.|localhost$|::1$)/.test(of('HOST') ?? '') ? 'HOST is loopback: nobody reaches it' : '',
    ...['PORT', 'METRICS_PORT']
      .filter((name) => portOf(containers, Number(of(name))) === undefined)
      .map((name) => `${name} is not a port of the container`),
    template.metadata?.annotations?.['prometheus.io/port'] === of('METRICS_PORT')
      ? ''
      : `Prometheus is told of another port than METRICS_PORT, ${of('METRICS_PORT')}`,
  ].filter(Boolean);
}
