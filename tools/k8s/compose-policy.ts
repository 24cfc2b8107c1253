import { environmentTable, type Shape } from '@roomwire/chassis';
import { parse } from 'yaml';

type Service = {
  image: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  privileged?: boolean;
  stop_grace_period?: string;
  environment?: Record<string, string>;
  ports?: string[];
};

const PUBLISHED = ['ingest-gateway', 'propagator', 'registry'];
/** Draining takes 9.5 s at most. */
const GRACE_S_MIN = 10;
const isSecret = (name: string): boolean => /PASSWORD|SECRET|TOKEN|_KEYS?$|^REDIS_URL$/.test(name);

/** What is wrong with deploy/compose.yaml. `shapes`: the variables of each service; `made`: what deploy/new-secrets.mjs makes. */
export function composeProblems(text: string, shapes: Readonly<Record<string, Shape>>, made: readonly string[]): string[] {
  const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
  const asked = new Set([...text.matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name!));
  return [
    ...Object.keys(shapes).flatMap((name) => (services[name] ? [] : [`${name}: is not there`])),
    ...[...asked].filter((name) => !made.includes(name)).map((name) => `${name}: nobody makes it`),
    ...made.filter((name) => !asked.has(name)).map((name) => `${name}: nobody asks for it`),
    ...Object.entries(services).flatMap(([name, service]) =>
      [...hardening(name, service), ...variables(service, shapes[name])].map((problem) => `${name}: ${problem}`),
    ),
  ];
}

function hardening(
  name: string,
  { image, read_only, cap_drop, security_opt, privileged, ports = [], stop_grace_period, environment = {} }: Service,
) {
  const mayPublish = PUBLISHED.includes(name);
  const waits = name === 'provision' || Number.parseFloat(stop_grace_period ?? '0') >= GRACE_S_MIN;
  return [
    read_only ? '' : 'can write to its root file system',
    cap_drop?.includes('ALL') ? '' : 'keeps capabilities',
    security_opt?.includes('no-new-privileges:true') ? '' : 'may gain privileges',
    privileged ? 'is privileged' : '',
    waits ? '' : 'is killed while it drains',
    /:(latest\}?)?$|^[^:]+$/.test(image) ? `image ${image} has no tag that stays` : '',
    ports.some((port) => port.endsWith(`:${environment['METRICS_PORT'] ?? '8080'}`)) ? 'publishes its metrics' : '',
    ...ports.map((port) => (mayPublish && port.startsWith('${PUBLISH_ADDRESS:-127.0.0.1}:') ? '' : `publishes ${port}`)),
  ].filter(Boolean);
}

function variables({ environment = {} }: Service, shape: Shape | undefined): string[] {
  const names = Object.keys(environment);
  const clear = names.filter((name) => isSecret(name) && !environment[name]!.includes(':?')).map((name) => `${name} is in clear`);
  if (!shape) return clear;
  const known = [...environmentTable(), ...environmentTable(shape)];
  return [
    ...clear,
    ...names.filter((name) => !known.some((one) => one.name === name)).map((name) => `knows no variable ${name}`),
    ...known.filter(({ name, required }) => required && !names.includes(name)).map(({ name }) => `${name} is not set`),
    ...['NATS_URL', 'NATS_PASSWORD', 'METRICS_PORT'].filter((name) => !names.includes(name)).map((name) => `${name} is not set`),
  ];
}
