import type {
  V1Deployment,
  V1Ingress,
  V1NetworkPolicy,
  V1PodDisruptionBudget,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { nameOf, ofKind, portOf, selects, workloadsOf, type KubernetesObject, type Workload } from './objects.ts';

/** Who may call the world: the two that speak with providers. */
const CALLS_PROVIDERS = ['sync-worker', 'token-vault'];
const PORTS_BY_VARIABLE = { NATS_URL: 4222, REDIS_URL: 6379, OTEL_EXPORTER_OTLP_ENDPOINT: 4318 } as const;

/** What is wrong between the objects. */
export function wiringProblems(objects: readonly KubernetesObject[]): string[] {
  const workloads = workloadsOf(objects);
  return [
    ...workloads
      .filter((workload) => !selectsItself(workload))
      .map(({ name }) => `${name}: its selector does not match its own pods`),
    ...serviceProblems(objects, workloads),
    ...budgetProblems(objects, workloads),
    ...scalerProblems(objects),
    ...ingressProblems(objects),
    ...networkProblems(objects, workloads),
  ];
}

function selectsItself({ kind, object, labels }: Workload): boolean {
  return kind === 'Job' || selects((object as V1Deployment).spec!.selector, labels);
}

function serviceProblems(objects: readonly KubernetesObject[], workloads: readonly Workload[]): string[] {
  return ofKind<V1Service>(objects, 'Service').flatMap((service) => {
    const behind = workloads.filter(({ labels }) => selects({ matchLabels: service.spec?.selector ?? { none: 'none' } }, labels));
    if (behind.length !== 1) return [`${nameOf(service)}: its selector matches ${behind.length} workloads`];
    return (service.spec?.ports ?? [])
      .filter(({ targetPort, port }) => portOf(behind[0]!.pod.containers, targetPort ?? port) === undefined)
      .map(({ targetPort }) => `${nameOf(service)}: ${behind[0]!.name} has no port ${targetPort}`);
  });
}

function budgetProblems(objects: readonly KubernetesObject[], workloads: readonly Workload[]): string[] {
  const budgets = ofKind<V1PodDisruptionBudget>(objects, 'PodDisruptionBudget');
  const covers = ({ spec }: V1PodDisruptionBudget, { labels }: Workload): boolean =>
    !!spec?.selector && selects(spec.selector, labels);
  return [
    ...budgets.filter((budget) => !workloads.some((one) => covers(budget, one))).map((one) => `${nameOf(one)}: matches nothing`),
    ...budgets.filter(({ spec }) => spec?.maxUnavailable === 0).map((one) => `${nameOf(one)}: no node can ever be drained`),
    ...workloads
      .filter((one) => one.kind === 'Deployment' && budgets.filter((budget) => covers(budget, one)).length !== 1)
      .map(({ name }) => `${name}: not exactly one disruption budget`),
  ];
}

function scalerProblems(objects: readonly KubernetesObject[]): string[] {
  return ofKind<V2HorizontalPodAutoscaler>(objects, 'HorizontalPodAutoscaler').flatMap((scaler) => {
    const target = ofKind<V1Deployment>(objects, 'Deployment').find(
      ({ metadata }) => metadata?.name === scaler.spec?.scaleTargetRef.name,
    );
    if (!target) return [`${nameOf(scaler)}: scales nothing`];
    return target.spec?.replicas === undefined ? [] : [`${nameOf(target)}: replicas is set, and the autoscaler sets it too`];
  });
}

function ingressProblems(objects: readonly KubernetesObject[]): string[] {
  const services = ofKind<V1Service>(objects, 'Service');
  return ofKind<V1Ingress>(objects, 'Ingress').flatMap((ingress) =>
    (ingress.spec?.rules ?? [])
      .flatMap(({ http }) => http?.paths ?? [])
      .flatMap(({ backend: { service } }) => {
        const ports = services.find(({ metadata }) => metadata?.name === service?.name)?.spec?.ports ?? [];
        const there = ports.some(({ name, port }) =>
          service?.port?.name ? name === service.port.name : port === service?.port?.number,
        );
        return there ? [] : [`${nameOf(ingress)}: leads to ${service?.name}, which has no such port`];
      }),
  );
}

function networkProblems(objects: readonly KubernetesObject[], workloads: readonly Workload[]): string[] {
  const policies = ofKind<V1NetworkPolicy>(objects, 'NetworkPolicy');
  const closed = policies.some(
    ({ spec }) =>
      selects(spec?.podSelector, {}) &&
      spec?.policyTypes?.length === 2 &&
      spec.ingress === undefined &&
      spec.egress === undefined,
  );
  return [
    closed ? '' : 'NetworkPolicy: nothing denies what is not allowed',
    ...policies.flatMap((policy) => policyProblems(policy, workloads)),
    ...workloads.flatMap((workload) => reachProblems(workload, policies, objects)),
    ...workloads.flatMap((workload) => metricsProblems(workload, policies)),
  ].filter(Boolean);
}

function policyProblems(policy: V1NetworkPolicy & KubernetesObject, workloads: readonly Workload[]): string[] {
  const { spec } = policy;
  const selected = workloads.filter(({ labels }) => selects(spec?.podSelector, labels));
  const peers = [...(spec?.ingress ?? []).map(fromOf), ...(spec?.egress ?? []).map(({ to }) => to)];
  const ports = (spec?.ingress ?? []).flatMap((rule) => rule.ports ?? []).map(({ port }) => port);
  const absent = ports.filter((port) => !selected.some(({ pod }) => portOf(pod.containers, port) !== undefined));
  return [
    selected.length === 0 ? `${nameOf(policy)}: selects nothing` : '',
    peers.some((list) => !list?.length) ? `${nameOf(policy)}: a rule for everybody` : '',
    ...absent.map((port) => `${nameOf(policy)}: no pod that it selects has port ${port}`),
  ].filter(Boolean);
}

/** client-node calls it `_from`, the object itself `from`. */
const fromOf = (rule: object): unknown[] | undefined => (rule as { from?: unknown[] }).from;

function reachProblems(workload: Workload, policies: readonly V1NetworkPolicy[], objects: readonly KubernetesObject[]): string[] {
  const { name, app, labels, pod } = workload;
  const own = policies.filter(({ spec }) => selects(spec?.podSelector, labels));
  const out = own.flatMap(({ spec }) => spec?.egress ?? []).flatMap(({ ports = [] }) => ports.map(({ port }) => port));
  const { into } = openPorts(workload, policies);
  const names = pod.containers.flatMap(({ env = [] }) => env.map((each) => each.name));
  const served = ofKind<V1Service>(objects, 'Service').filter(({ spec }) =>
    selects({ matchLabels: spec?.selector ?? {} }, labels),
  );
  const wanted = Object.entries(PORTS_BY_VARIABLE).filter(([variable]) => names.includes(variable));
  return [
    ...wanted
      .filter(([, port]) => !out.includes(port))
      .map(([variable]) => `${name}: no NetworkPolicy lets it reach ${variable}`),
    app !== undefined && out.includes(443) !== CALLS_PROVIDERS.includes(app)
      ? `${name}: ${out.includes(443) ? 'may call the world' : 'cannot call providers'}`
      : '',
    ...served
      .flatMap(({ spec }) => spec?.ports ?? [])
      .map(({ targetPort }) => portOf(pod.containers, targetPort))
      .filter((port) => !into.includes(port))
      .map((port) => `${name}: no NetworkPolicy lets anybody reach port ${port}`),
  ].filter(Boolean);
}

/** Its metrics are monitoring's, and nobody else's. */
function metricsProblems(workload: Workload, policies: readonly V1NetworkPolicy[]): string[] {
  const scraped = workload.template.metadata?.annotations?.['prometheus.io/port'];
  if (scraped === undefined) return [];
  const { into, monitored } = openPorts(workload, policies);
  return [
    monitored.includes(Number(scraped)) ? '' : `${workload.name}: no NetworkPolicy lets monitoring reach port ${scraped}`,
    into.includes(Number(scraped)) ? `${workload.name}: who may call it may read its metrics on port ${scraped}` : '',
  ].filter(Boolean);
}

/** What monitoring may reach, and what others may. */
function openPorts({ labels, pod }: Workload, policies: readonly V1NetworkPolicy[]) {
  const rules = policies.filter(({ spec }) => selects(spec?.podSelector, labels)).flatMap(({ spec }) => spec?.ingress ?? []);
  const numbersOf = (some: typeof rules): (number | undefined)[] =>
    some.flatMap((rule) => (rule.ports ?? []).map(({ port }) => portOf(pod.containers, port)));
  return { monitored: numbersOf(rules.filter(isMonitoring)), into: numbersOf(rules.filter((rule) => !isMonitoring(rule))) };
}

function isMonitoring(rule: object): boolean {
  return JSON.stringify(rule).includes('"monitoring"');
}
