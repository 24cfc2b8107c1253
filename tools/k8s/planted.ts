import type { V1Container, V1Deployment, V1NetworkPolicy, V1PodDisruptionBudget, V1Service } from '@kubernetes/client-node';
import { ofKind, workloadsOf, type KubernetesObject } from './objects.ts';

type Objects = KubernetesObject[];

/** A mistake that somebody could make, who has to find it, and what is then said. */
export type Planted = {
  mistake: string;
  by: 'schema' | 'policy';
  where?: string;
  plant: (objects: Objects) => void;
  found: RegExp;
};

const named = <T>(objects: Objects, kind: string, name: string): T & KubernetesObject =>
  ofKind<T>(objects, kind).find(({ metadata }) => metadata?.name === name)!;
const registry = (objects: Objects): V1Deployment => named<V1Deployment>(objects, 'Deployment', 'registry');
const podOf = (objects: Objects) => registry(objects).spec!.template.spec!;
const container = (objects: Objects): V1Container => podOf(objects).containers[0]!;
const env = (objects: Objects) => container(objects).env!;
const without = (objects: Objects, kind: string, name: string): void => {
  objects.splice(objects.indexOf(named(objects, kind, name)), 1);
};

const refused: Planted[] = [
  {
    mistake: 'a field that does not exist',
    by: 'schema',
    plant: (objects) => void Object.assign(container(objects).livenessProbe!, { failureTreshold: 3 }),
    found: /livenessProbe\.failureTreshold: no such field/,
  },
  {
    mistake: 'a text where a number belongs',
    by: 'schema',
    plant: (objects) => void Object.assign(registry(objects).spec!, { replicas: '3' }),
    found: /spec\.replicas: expected number/,
  },
  {
    mistake: 'a value that is not among those allowed',
    by: 'schema',
    plant: (objects) => void (podOf(objects).topologySpreadConstraints![0]!.whenUnsatisfiable = 'Sometimes'),
    found: /Deployment\/registry: .*whenUnsatisfiable/s,
  },
  {
    mistake: 'a required field that is missing',
    by: 'schema',
    plant: (objects) => void Reflect.deleteProperty(registry(objects).spec!, 'selector'),
    found: /Deployment\/registry: .*selector/s,
  },
];

const pods: Planted[] = [
  {
    mistake: 'a job to come that may write to its file system',
    by: 'policy',
    where: 'overlays/dev',
    plant: (objects) => void delete workloadsOf(objects).find(({ name }) => name === 'Job/roomwire')!.pod.securityContext,
    found: /^Job\/roomwire: runAsNonRoot is not true/,
  },
  {
    mistake: 'a missing probe',
    by: 'policy',
    plant: (objects) => void delete container(objects).readinessProbe,
    found: /^Deployment\/registry: no readinessProbe/,
  },
  {
    mistake: 'a probe of a port that is not there',
    by: 'policy',
    plant: (objects) => void (container(objects).startupProbe!.httpGet!.port = 'web'),
    found: /startupProbe asks port web/,
  },
  {
    mistake: 'a liveness that asks for dependencies',
    by: 'policy',
    plant: (objects) => void (container(objects).livenessProbe!.httpGet!.path = '/readyz'),
    found: /liveness is \/healthz/,
  },
  {
    mistake: 'a missing limit',
    by: 'policy',
    plant: (objects) => void delete container(objects).resources!.limits!.memory,
    found: /^Deployment\/registry: no limits\.memory/,
  },
  {
    mistake: 'a root user',
    by: 'policy',
    plant: (objects) => void (podOf(objects).securityContext!.runAsUser = 0),
    found: /runAsUser is root/,
  },
  {
    mistake: 'a container that takes root back',
    by: 'policy',
    plant: (objects) => void (container(objects).securityContext!.runAsUser = 0),
    found: /its container runs as root/,
  },
  {
    mistake: 'a root file system that can be written',
    by: 'policy',
    plant: (objects) => void delete container(objects).securityContext!.readOnlyRootFilesystem,
    found: /readOnlyRootFilesystem/,
  },
  {
    mistake: 'a capability that is kept',
    by: 'policy',
    where: 'overlays/dev',
    plant: (objects) => void (container(objects).securityContext!.capabilities = {}),
    found: /does not drop ALL/,
  },
  {
    mistake: 'the tag latest',
    by: 'policy',
    where: 'base',
    plant: (objects) => void (container(objects).image = 'roomwire/registry:latest'),
    found: /neither a digest nor a tag that stays/,
  },
  {
    mistake: 'no tag at all',
    by: 'policy',
    where: 'base',
    plant: (objects) => void (container(objects).image = 'roomwire/registry'),
    found: /neither a digest nor a tag that stays/,
  },
  {
    mistake: 'a grace that is shorter than the draining',
    by: 'policy',
    plant: (objects) => void (podOf(objects).terminationGracePeriodSeconds = 12),
    found: /is killed before 3 s and its draining are over/,
  },
  {
    mistake: 'a Service that still sends to a pod that stops',
    by: 'policy',
    plant: (objects) => void delete container(objects).lifecycle,
    found: /no preStop sleep/,
  },
];

const variables: Planted[] = [
  {
    mistake: 'a secret as a plain value',
    by: 'policy',
    plant: (objects) => void env(objects).splice(0, Infinity, { name: 'REDIS_URL', value: 'redis://:x@redis' }),
    found: /REDIS_URL is a secret and stands here in clear/,
  },
  {
    mistake: 'a secret that nobody makes',
    by: 'policy',
    plant: (objects) => void (env(objects).find(({ name }) => name === 'REDIS_URL')!.valueFrom!.secretKeyRef!.key = 'URL'),
    found: /roomwire-registry\/URL, which deploy\/new-secrets\.mjs does not make/,
  },
  {
    mistake: 'a Secret among the objects',
    by: 'policy',
    plant: (objects) => void objects.push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mine' } }),
    found: /^Secret\/mine: secrets are not kept here/,
  },
  {
    mistake: 'a variable that the service does not know',
    by: 'policy',
    plant: (objects) => void env(objects).push({ name: 'ROOMWIRE_HEARTBEAT_MS', value: '1' }),
    found: /registry knows no variable ROOMWIRE_HEARTBEAT_MS/,
  },
  {
    mistake: 'a required variable that is not set',
    by: 'policy',
    plant: (objects) => void (container(objects).env = env(objects).filter(({ name }) => name !== 'REDIS_URL')),
    found: /^Deployment\/registry: REDIS_URL is not set/,
  },
  {
    mistake: 'a value that the service would refuse',
    by: 'policy',
    plant: (objects) => void env(objects).push({ name: 'ROOMWIRE_FAULT_PAUSE_BEFORE_ANNOUNCE_MS', value: 'soon' }),
    found: /ROOMWIRE_FAULT_PAUSE_BEFORE_ANNOUNCE_MS is not what registry takes/,
  },
  {
    mistake: 'a service that listens to itself alone',
    by: 'policy',
    plant: (objects) => void (env(objects).find(({ name }) => name === 'HOST')!.value = '127.0.0.1'),
    found: /HOST is loopback/,
  },
  {
    mistake: 'a port for metrics that the container has not',
    by: 'policy',
    plant: (objects) => void (env(objects).find(({ name }) => name === 'METRICS_PORT')!.value = '9465'),
    found: /^Deployment\/registry: METRICS_PORT is not a port of the container/,
  },
  {
    mistake: 'metrics on the port of everything else',
    by: 'policy',
    plant: (objects) => void (env(objects).find(({ name }) => name === 'METRICS_PORT')!.value = '8080'),
    found: /^Deployment\/registry: Prometheus is told of another port than METRICS_PORT, 8080/,
  },
  {
    mistake: 'a key that its ConfigMap has not',
    by: 'policy',
    plant: (objects) => void (env(objects).find(({ name }) => name === 'NATS_URL')!.valueFrom!.configMapKeyRef!.key = 'NATS'),
    found: /\/NATS, which is not there/,
  },
];

const wiring: Planted[] = [
  {
    mistake: 'a Service whose selector matches nothing',
    by: 'policy',
    plant: (objects) =>
      void (named<V1Service>(objects, 'Service', 'registry').spec!.selector = { 'app.kubernetes.io/name': 'registrar' }),
    found: /^Service\/registry: its selector matches 0 workloads/,
  },
  {
    mistake: 'a Service with a port name that does not exist',
    by: 'policy',
    plant: (objects) => void (named<V1Service>(objects, 'Service', 'registry').spec!.ports![0]!.targetPort = 'web'),
    found: /^Service\/registry: Deployment\/registry has no port web/,
  },
  {
    mistake: 'a Deployment that does not select its own pods',
    by: 'policy',
    plant: (objects) => void (registry(objects).spec!.selector.matchLabels = { app: 'registry' }),
    found: /^Deployment\/registry: its selector does not match its own pods/,
  },
  {
    mistake: 'a disruption budget that matches nothing',
    by: 'policy',
    plant: (objects) =>
      void (named<V1PodDisruptionBudget>(objects, 'PodDisruptionBudget', 'registry').spec!.selector = {
        matchLabels: { app: 'x' },
      }),
    found: /^PodDisruptionBudget\/registry: matches nothing/,
  },
  {
    mistake: 'an autoscaler of nothing',
    by: 'policy',
    plant: (objects) => without(objects, 'Deployment', 'propagator'),
    found: /^HorizontalPodAutoscaler\/propagator: scales nothing/,
  },
  {
    mistake: 'an autoscaler that each apply overrules',
    by: 'policy',
    plant: (objects) => void (named<V1Deployment>(objects, 'Deployment', 'propagator').spec!.replicas = 2),
    found: /^Deployment\/propagator: replicas is set/,
  },
  {
    mistake: 'an Ingress that leads nowhere',
    by: 'policy',
    plant: (objects) => void (named<V1Service>(objects, 'Service', 'propagator').spec!.ports![0]!.name = 'web'),
    found: /^Ingress\/live: leads to propagator/,
  },
  {
    mistake: 'no policy that denies',
    by: 'policy',
    plant: (objects) => without(objects, 'NetworkPolicy', 'default-deny'),
    found: /nothing denies what is not allowed/,
  },
  {
    mistake: 'a service that no policy lets reach Redis',
    by: 'policy',
    plant: (objects) => without(objects, 'NetworkPolicy', 'to-redis'),
    found: /^Deployment\/registry: no NetworkPolicy lets it reach REDIS_URL/,
  },
  {
    mistake: 'a service that no policy lets reach the collector of its traces',
    by: 'policy',
    plant: (objects) => without(objects, 'NetworkPolicy', 'to-collector'),
    found: /^Deployment\/propagator: no NetworkPolicy lets it reach OTEL_EXPORTER_OTLP_ENDPOINT/,
  },
  {
    mistake: 'a Service that no policy lets anybody reach',
    by: 'policy',
    plant: (objects) => without(objects, 'NetworkPolicy', 'from-readers'),
    found: /^Deployment\/registry: no NetworkPolicy lets anybody reach port 8080/,
  },
  {
    mistake: 'a service that may call the world',
    by: 'policy',
    plant: (objects) =>
      void (named<V1NetworkPolicy>(objects, 'NetworkPolicy', 'to-providers').spec!.podSelector = {
        matchLabels: { 'app.kubernetes.io/part-of': 'roomwire' },
      }),
    found: /^Deployment\/registry: may call the world/,
  },
  {
    mistake: 'metrics that nobody may fetch',
    by: 'policy',
    plant: (objects) => without(objects, 'NetworkPolicy', 'from-monitoring'),
    found: /^Deployment\/registry: no NetworkPolicy lets monitoring reach port 9464/,
  },
  {
    mistake: 'metrics that every caller may read',
    by: 'policy',
    plant: (objects) =>
      void (named<V1NetworkPolicy>(objects, 'NetworkPolicy', 'from-readers').spec!.ingress![0]!.ports![0]!.port = 'metrics'),
    found: /^Deployment\/registry: who may call it may read its metrics on port 9464/,
  },
  {
    mistake: 'a rule for everybody',
    by: 'policy',
    plant: (objects) => void delete named<V1NetworkPolicy>(objects, 'NetworkPolicy', 'to-nats').spec!.egress![0]!.to,
    found: /^NetworkPolicy\/to-nats: a rule for everybody/,
  },
];

export const planted: readonly Planted[] = [...refused, ...pods, ...variables, ...wiring];
