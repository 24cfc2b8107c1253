import type { V1Container, V1Deployment, V1Probe } from '@kubernetes/client-node';
import { nameOf, ofKind, portOf, selects, workloadsOf, type KubernetesObject, type Workload } from './objects.ts';

/** After the preStop hook: 9.5 s of draining (ROOMWIRE_STOP_MS_MAX by default) and a moment to end. */
const DRAIN_S_MIN = 10;

/** What is wrong with a pod in itself. */
export function podProblems(objects: readonly KubernetesObject[]): string[] {
  const accounts = ofKind(objects, 'ServiceAccount').map(({ metadata }) => metadata?.name);
  return workloadsOf(objects).flatMap((workload) => {
    const { name, kind, pod } = workload;
    const say = (problem: string | false | undefined): string[] => (problem ? [`${name}: ${problem}`] : []);
    return [
      ...say(pod.automountServiceAccountToken !== false && 'mounts a token of the API server'),
      ...say(pod.enableServiceLinks !== false && 'enableServiceLinks puts variables of Services into its environment'),
      ...say(kind === 'Deployment' && !accounts.includes(pod.serviceAccountName) && 'has no service account of its own'),
      ...say((pod.hostNetwork || pod.hostPID || pod.hostIPC) && 'shares the node’s namespaces'),
      ...podSecurity(workload).flatMap(say),
      ...pod.containers.flatMap((container) => containerProblems(container, kind)).flatMap(say),
      ...(kind === 'Deployment' ? deploymentProblems(workload, objects).flatMap(say) : []),
    ];
  });
}

function podSecurity({ pod: { securityContext } }: Workload): string[] {
  return [
    securityContext?.runAsNonRoot !== true ? 'runAsNonRoot is not true' : '',
    !((securityContext?.runAsUser ?? 0) > 0) ? 'runAsUser is root, or not given as a number' : '',
    securityContext?.seccompProfile?.type !== 'RuntimeDefault' ? 'seccompProfile is not RuntimeDefault' : '',
  ].filter(Boolean);
}

function containerProblems(container: V1Container, kind: Workload['kind']): string[] {
  const { securityContext, resources, image = '' } = container;
  const absent = (['requests', 'limits'] as const).flatMap((side) =>
    ['cpu', 'memory'].filter((what) => resources?.[side]?.[what] === undefined).map((what) => `no ${side}.${what}`),
  );
  return [
    ...absent,
    securityContext?.allowPrivilegeEscalation !== false ? 'allowPrivilegeEscalation is not false' : '',
    securityContext?.readOnlyRootFilesystem !== true ? 'readOnlyRootFilesystem is not true' : '',
    securityContext?.capabilities?.drop?.includes('ALL') ? '' : 'does not drop ALL capabilities',
    securityContext?.capabilities?.add?.length ? 'adds capabilities' : '',
    securityContext?.privileged ? 'is privileged' : '',
    securityContext?.runAsUser === 0 || securityContext?.runAsNonRoot === false ? 'its container runs as root' : '',
    /@sha256:[0-9a-f]{64}$|:(?!latest$)[\w][\w.-]*$/.test(image)
      ? ''
      : `image ${image} has neither a digest nor a tag that stays`,
    ...(kind === 'Job' ? [] : probeProblems(container)),
  ].filter(Boolean);
}

function probeProblems(container: V1Container): string[] {
  const probes = {
    startupProbe: container.startupProbe,
    readinessProbe: container.readinessProbe,
    livenessProbe: container.livenessProbe,
  };
  return Object.entries(probes).flatMap(([name, probe]: [string, V1Probe | undefined]) => {
    if (!probe) return [`no ${name}`];
    const port = probe.httpGet?.port;
    return port !== undefined && portOf([container], port) === undefined ? [`${name} asks port ${port}, which is not there`] : [];
  });
}

function deploymentProblems({ object, pod, labels }: Workload, objects: readonly KubernetesObject[]): string[] {
  const [container] = pod.containers;
  const { strategy } = (object as V1Deployment).spec!;
  const preStop = container?.lifecycle?.preStop?.sleep?.seconds ?? 0;
  const served = ofKind<{ spec?: { selector?: Record<string, string> } }>(objects, 'Service').some(
    ({ spec }) => spec?.selector && selects({ matchLabels: spec.selector }, labels),
  );
  return [
    container?.readinessProbe?.httpGet?.path !== '/readyz' ? 'readiness is /readyz' : '',
    container?.livenessProbe?.httpGet?.path !== '/healthz'
      ? 'liveness is /healthz: one that asks for NATS restarts everybody at once'
      : '',
    strategy?.rollingUpdate?.maxUnavailable !== 0 ? 'a roll-out takes a pod away before another is ready' : '',
    served && preStop < 1 ? 'stops before its Service has forgotten it: no preStop sleep' : '',
    (pod.terminationGracePeriodSeconds ?? 30) < preStop + DRAIN_S_MIN
      ? `is killed before ${preStop} s and its draining are over`
      : '',
    ...(pod.topologySpreadConstraints ?? [])
      .filter(({ labelSelector }) => !labelSelector || !selects(labelSelector, labels))
      .map(({ topologyKey }) => `is spread over ${topologyKey} by labels that it has not`),
    (pod.topologySpreadConstraints ?? []).length === 0 ? `${nameOf(object as KubernetesObject)} may lie on one node alone` : '',
  ].filter(Boolean);
}
