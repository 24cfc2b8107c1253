import { createMeter } from '@roomwire/telemetry';
import { deadLetterFigure } from './dead-figures.ts';

describe('deadLetterFigure', () => {
  it('counts by the first word of a reason, and no more words than a database of figures can bear', async () => {
    const { meter, metricsText, close } = createMeter('spec');
    const figure = deadLetterFigure(meter);

    figure('stage', 'schema');
    figure('stage', 'schema: quoted text of somebody');
    figure('stage', 'two words');
    for (let i = 0; i < 100; i++) figure('stage', `made-up-${i}`);

    const text = await metricsText();
    await close();
    const series = text.split('\n').filter((line) => line.startsWith('roomwire_dead_letters_total{'));
    expect(series).toContainEqual(expect.stringMatching(/reason="schema"\} 2$/));
    expect(series).toContainEqual(expect.stringMatching(/reason="two"\} 1$/));
    expect(series).toContainEqual(expect.stringMatching(/reason="other"\} 38$/));
    expect(series).toHaveLength(65);
  });
});
