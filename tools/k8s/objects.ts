import type {
  V1Container,
  V1CronJob,
  V1Deployment,
  V1Job,
  V1LabelSelector,
  V1ObjectMeta,
  V1PodSpec,
  V1PodTemplateSpec,
  V1StatefulSet,
} from '@kubernetes/client-node';

export type KubernetesObject = { apiVersion: string; kind: string; metadata?: V1ObjectMeta };

/** What runs pods. `app` is one of ours, by the name of its image; undefined = somebody else's program. */
export type Workload = {
  name: string;
  kind: 'Deployment' | 'StatefulSet' | 'Job';
  app: string | undefined;
  object: V1Deployment | V1StatefulSet | V1Job;
  template: V1PodTemplateSpec;
  pod: V1PodSpec;
  labels: Record<string, string>;
};

/** `Deployment/registry`: how a problem begins. */
export const nameOf = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata?.name ?? '?'}`;

export const ofKind = <T>(objects: readonly KubernetesObject[], kind: string): (T & KubernetesObject)[] =>
  objects.filter((object) => object.kind === kind) as (T & KubernetesObject)[];

export function workloadsOf(objects: readonly KubernetesObject[]): Workload[] {
  return (['Deployment', 'StatefulSet', 'Job'] as const).flatMap((kind) =>
    [...ofKind<V1Deployment | V1StatefulSet | V1Job>(objects, kind), ...(kind === 'Job' ? jobsToCome(objects) : [])].flatMap(
      (object) => {
        const template = object.spec?.template;
        if (!template?.spec) return [];
        return {
          ...{ name: nameOf(object), kind, object, template, pod: template.spec },
          app: /(?:^|\/)roomwire\/([a-z-]+)[:@]/.exec(template.spec.containers[0]?.image ?? '')?.[1],
          labels: template.metadata?.labels ?? {},
        };
      },
    ),
  );
}

/** A CronJob's Jobs, as they will be. */
const jobsToCome = (objects: readonly KubernetesObject[]): (V1Job & KubernetesObject)[] =>
  ofKind<V1CronJob>(objects, 'CronJob').map(({ apiVersion, metadata, spec }) => ({
    ...{ apiVersion, kind: 'Job', spec: spec.jobTemplate.spec! },
    metadata: metadata!,
  }));

/** An empty selector selects everything, as it does there. Only the operator that we use is known. */
export function selects(selector: V1LabelSelector | undefined, labels: Record<string, string>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => operator === 'In' && values.includes(labels[key] ?? ''))
  );
}

/** The number behind a port's name or number in one of these containers; undefined = there is none. */
export function portOf(containers: readonly V1Container[], port: number | string | undefined): number | undefined {
  return containers.flatMap(({ ports = [] }) => ports).find(({ name, containerPort }) => port === name || port === containerPort)
    ?.containerPort;
}
