import { facet } from '@roomwire/events';
import { createMeter } from '@roomwire/telemetry';
import { normalize, type Origin } from './core/normalize.ts';
import { figuresOf } from './figures.ts';

const receivedAt = '2027-01-11T12:00:00.000Z';
const READ = { kind: 'unit', operation: 'unit', status: 200, observedAt: 1, providerDate: null } as const;

describe('figuresOf', () => {
  it('tells how late a webhook came and how long it waited, and of a read no lateness', async () => {
    const { meter, metricsText, close } = createMeter('spec');
    const figures = figuresOf(meter);
    const origin = (connection: string, context: Origin['context']): Origin => ({
      ...{ tenant: 't1', provider: 'memory', connection, lane: 'live', context },
      ...{ epoch: 0, replay: '' },
      hops: { received: 1_000, stored: 2_000, normalized: 2_040 },
    });
    const stamp = { epoch: 0, modifiedAt: (Date.parse(receivedAt) - 1_500) * 1_000, rank: 0 as const, observedAt: 0, mapping: 1 };
    const facets = { core: facet({ property: null, unitType: null, name: 'Sea' }, stamp) };
    const tellings = [{ kind: 'unit' as const, connection: 'c1', entity: 'u1', facets }];
    const take = (of: Origin) => figures.normalized(of, normalize({ tellings, hints: [], rejects: [], ignored: [] }, of), 1);

    take(origin('pushed', { via: 'push', receipt: '0190a000-0000-7000-8000-000000000001', receivedAt }));
    take(origin('asked', { via: 'read', receipt: 'read-0190a000-0000-7000-8000-000000000002', receivedAt, read: READ }));
    figures.buried('normalizer-live', 'schema');

    const text = await metricsText();
    await close();
    expect(text).toContain('roomwire_drift_seconds{connection="pushed"} 1.5\n');
    expect(text).toContain('roomwire_normalized_total{provider="memory",part="event"} 2');
    expect(text).not.toContain('connection="asked"');
    expect(text).toContain('roomwire_hop_seconds_bucket{hop="normalized",lane="live",le="0.05"} 2');
    expect(text).toContain('roomwire_hop_seconds_bucket{hop="normalized",lane="live",le="0.025"} 0');
    expect(text).toContain('roomwire_dead_letters_total{consumer="normalizer-live",reason="schema"} 1');
  });
});
