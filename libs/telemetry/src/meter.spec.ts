import { createMeter } from './meter.ts';
import { counter, gauge, histogram, METRICS } from './metrics.ts';

describe('createMeter', () => {
  it('shows counters, histograms and gauges under their own names', async () => {
    const { meter, metricsText, close } = createMeter('spec');

    counter(meter, 'roomwire_webhooks_total').add(2, { provider: 'mews', verdict: 'stored' });
    histogram(meter, 'roomwire_webhook_duration_seconds').record(0.004, { provider: 'mews' });
    gauge(meter, 'roomwire_stream_clients').addCallback((result) => result.observe(7, { tenant: 't1' }));

    const text = await metricsText();
    await close();
    expect(text).toContain('roomwire_webhooks_total{provider="mews",verdict="stored"} 2');
    expect(text).toContain('roomwire_webhook_duration_seconds_bucket{provider="mews",le="0.005"} 1');
    expect(text).toContain('roomwire_stream_clients{tenant="t1"} 7');
    expect(text).toContain('target_info{service_name="spec"} 1');
  });

  it('hides nothing when one observer fails', async () => {
    const { meter, metricsText, close } = createMeter('spec');
    counter(meter, 'roomwire_webhooks_total').add(1);
    gauge(meter, 'roomwire_stream_clients').addCallback(() => {
      throw new Error('two\nlines');
    });

    const text = await metricsText();
    await close();
    expect(text).toContain('# Error: two lines\n');
    expect(text).toContain('roomwire_webhooks_total 1');
  });
});

describe('METRICS', () => {
  it.each(Object.entries(METRICS))('%s says by its name what it is', (name, { kind, unit }) => {
    expect(name).toMatch(/^roomwire_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    expect(/_seconds(?:_total)?$/.test(name)).toBe(unit === 's');
    expect(name.endsWith('_bytes')).toBe(unit === 'By');
  });
});
