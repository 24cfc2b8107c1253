import { createMeter } from '@roomwire/telemetry';
import { ANSWERED_WITHIN_MS, begun, stepped } from './core/retelling.ts';
import { Figures } from './figures.ts';

describe('Figures', () => {
  it('tell how far a walk is, and of what was asked what became of it', async () => {
    const { meter, metricsText, close } = createMeter('registry');
    const figures = new Figures(meter);
    const start = begun(undefined, { epoch: 0, mapping: 2 }, 0, 0)!;
    const nothing = { owing: new Set<string>(), asked: [], unreadable: 0, at: null };
    figures.watch(() => [start, { ...start, done: true }]);

    const asked = stepped(start, { ...nothing, asked: ['a', 'b', 'c'] }, 1);
    figures.retold('hostaway', start, asked, nothing.owing);
    const later = 1 + ANSWERED_WITHIN_MS;
    const owing = new Set(['c']);
    figures.retold('hostaway', asked, stepped(asked, { ...nothing, owing }, later), owing);

    const text = await metricsText();
    await close();
    expect(text).toContain('roomwire_retell_reads_total{provider="hostaway",outcome="asked"} 3\n');
    expect(text).toContain('roomwire_retell_reads_total{provider="hostaway",outcome="answered"} 2\n');
    expect(text).toContain('roomwire_retell_reads_total{provider="hostaway",outcome="unanswered"} 1\n');
    expect(text).toContain('roomwire_retellings_open 1\n');
  });
});
