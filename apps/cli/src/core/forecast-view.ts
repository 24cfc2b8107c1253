import type { Fated } from './fate.ts';
import type { Foreseen, Understood } from './forecast.ts';
import { maskSecrets } from './mask.ts';
import { printable } from './table.ts';

type Forecast = Fated & { what: Understood; parts: readonly Foreseen[] };

/** Parts that are shown; the rest is counted. */
const PARTS_MAX = 20;

/** What replaying the letter would come to: of each part the record as it is, and what readers would see change. */
export function forecastText(forecast: Forecast): string {
  const { fate, detail, parts, what } = forecast;
  const lines = [
    `replayed now, it would be ${fate}${detail ? `: ${detail}` : ''}`,
    ...what.rejects.map(({ reason, pointer, detail: why }) => `  ${pointer || '/'}  ${reason}: ${why}`),
    ...what.hints.map(({ kind, entity }) => `  ${kind} ${entity}  would be read`),
    ...parts.slice(0, PARTS_MAX).flatMap(partLines),
  ];
  if (parts.length > PARTS_MAX) lines.push(`  and ${parts.length - PARTS_MAX} more`);
  return lines.map(printable).join('\n');
}

function partLines({ telling, held, outcome, changes }: Foreseen): string[] {
  const name = `${telling.kind} ${telling.entity}`;
  const now = held
    ? Object.entries(held.facets).map(([facet, { content }]) => `    now    ${facet} ${shown(content)}`)
    : ['    now    nothing is held of it'];
  const then = changes.map(({ facet, after }) => `    after  ${facet} ${shown(after)}`);
  return [`  ${name}  ${outcome}`, ...now, ...(then.length > 0 ? then : ['    after  the same'])];
}

const shown = (content: unknown): string => JSON.stringify(maskSecrets(content));

export function shownForecast({ fate, detail, parts, what }: Forecast) {
  return {
    ...{ fate, detail, rejects: what.rejects, hints: what.hints.map(({ kind, entity }) => ({ kind, entity })) },
    parts: parts.map(({ telling: { kind, connection, entity }, held, outcome, changes }) => ({
      ...{ kind, connection, entity, outcome },
      held: maskSecrets(held ?? null),
      changes: maskSecrets(changes),
    })),
  };
}
