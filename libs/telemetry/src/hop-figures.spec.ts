import { hopFigure } from './hop-figures.ts';
import { createMeter } from './meter.ts';

describe('hopFigure', () => {
  it('records seconds by hop and lane; a clock that runs behind counts as none, a stamp that is not there not at all', async () => {
    const { meter, metricsText, close } = createMeter('spec');
    const hop = hopFigure(meter);

    hop('applied', 'live', 1_000, 1_250);
    hop('applied', 'live', 2_000, 1_000);
    hop('applied', 'live', undefined, 1_000);
    hop('applied', 'live', NaN, 1_000);

    const text = await metricsText();
    await close();
    expect(text).toContain('roomwire_hop_seconds_sum{hop="applied",lane="live"} 0.25');
    expect(text).toContain('roomwire_hop_seconds_count{hop="applied",lane="live"} 2');
  });
});
