import { CONSUMERS, fetchConsumers, pushConsumers, streamOf, tenantStreams, type ConsumerPlan } from './topology.ts';

/** Whether one subject can match both filters; `>` ends, `*` is one token. */
function overlap(one: string, other: string): boolean {
  const [a, b] = [one.split('.'), other.split('.')];
  for (let i = 0; ; i++) {
    if (a[i] === '>' || b[i] === '>') return true;
    if (a[i] === undefined || b[i] === undefined) return a[i] === b[i];
    if (a[i] !== b[i] && a[i] !== '*' && b[i] !== '*') return false;
  }
}
const pairs = <T>(all: readonly T[]): [T, T][] => all.flatMap((one, i) => all.slice(i + 1).map((other): [T, T] => [one, other]));
const plans: ConsumerPlan[] = [
  ...CONSUMERS,
  ...['hostaway', 'mews'].flatMap((name) => [...fetchConsumers(name), ...pushConsumers(name)]),
];

describe('the topology', () => {
  it('has no two consumers of one work queue with overlapping filters: the broker refuses them', () => {
    const clashes = pairs(plans).filter(([a, b]) => a.stream === b.stream && overlap(a.filter('t1'), b.filter('t1')));
    expect(clashes).toEqual([]);
  });

  it('has unique names of consumers and streams', () => {
    const names = [...plans.map(({ name }) => name), ...tenantStreams('t1').map(({ name }) => name)];
    expect(new Set(names).size).toBe(names.length);
  });

  it('has no subject in two streams, nor in two tenants', () => {
    const subjects = [...tenantStreams('t1'), ...tenantStreams('t2')].flatMap((stream) => stream.subjects);
    expect(pairs(subjects).filter(([a, b]) => overlap(a, b))).toEqual([]);
  });

  it('every consumer reads what its stream takes', () => {
    const streams = new Map(tenantStreams('t1').map((stream) => [stream.name, stream.subjects]));
    const outside = plans.filter(
      ({ stream, filter }) => !streams.get(streamOf(stream, 't1'))?.some((subject) => overlap(subject, filter('t1'))),
    );
    expect(outside).toEqual([]);
  });

  it('stays within 12 consumers for each tenant before connections', () => {
    expect(CONSUMERS.length).toBeLessThanOrEqual(12);
  });

  it('loses nothing by age or by being full, but for the log', () => {
    const losing = tenantStreams('t1').filter(({ ageMaxMs, discard }) => ageMaxMs > 0 || discard === 'old');
    expect(losing.map(({ name }) => name)).toEqual(['LOG_t1']);
  });
});
