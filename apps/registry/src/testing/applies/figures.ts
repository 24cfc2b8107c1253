import { median } from '@roomwire/testkit';

/** Of one memory, so many at a time: per second, what was done in one round, each right after the other. */
export type Round = { entities: number; inFlight: number; applies: number; bare: number; copies: number };
export type Figures = {
  rounds: Round[];
  /** By number of entities. */
  bytesPerEntity: Record<number, number>;
  /** A telling with all its announcements on real servers, per second, by how many are in flight. */
  tells: Record<number, number>;
};

export type Row = Round & { toBare: number; copyToBare: number; toSmallest: number };

/** The targets of the registry's issue. */
export const LIMITS = { toBare: 0.4, toSmallest: 0.8 };

/** A ratio is the median of the rounds' own ratios: a round in which the machine was slow was slow for both. */
export function rowsOf(rounds: readonly Round[]): Row[] {
  const smallest = Math.min(...rounds.map(({ entities }) => entities));
  const keys = [...new Set(rounds.map(({ entities, inFlight }) => `${inFlight}/${entities}`))];
  return keys.map((key) => {
    const [inFlight, entities] = key.split('/').map(Number) as [number, number];
    const of = (wanted: number): Round[] => rounds.filter((round) => round.inFlight === inFlight && round.entities === wanted);
    const own = of(entities);
    return {
      ...{ entities, inFlight },
      applies: median(own.map(({ applies }) => applies)),
      bare: median(own.map(({ bare }) => bare)),
      copies: median(own.map(({ copies }) => copies)),
      toBare: median(own.map(({ applies, bare }) => applies / bare)),
      copyToBare: median(own.map(({ copies, bare }) => copies / bare)),
      toSmallest: median(own.map(({ applies }, index) => applies / of(smallest)[index]!.applies)),
    };
  });
}

/** What is missed of the targets, in words. */
export function missed(rows: readonly Row[]): string[] {
  return rows.flatMap(({ entities, inFlight, toBare, toSmallest }) => {
    const where = `${entities} entities, ${inFlight} in flight`;
    return [
      ...(toBare >= LIMITS.toBare ? [] : [`${where}: ${toBare.toFixed(2)} of a bare write; ${LIMITS.toBare} is the target`]),
      ...(toSmallest >= LIMITS.toSmallest
        ? []
        : [`${where}: ${toSmallest.toFixed(2)} of the smallest memory's; ${LIMITS.toSmallest} is the target`]),
    ];
  });
}

/** The figures as lines for people. */
export function report({ rounds, bytesPerEntity, tells }: Figures): string {
  const rows = rowsOf(rounds);
  const cells = rows.map(({ entities, inFlight, applies, bare, copies, toBare, copyToBare, toSmallest }) => [
    ...[entities, inFlight, Math.round(applies), Math.round(bare), Math.round(copies)].map(String),
    ...[toBare.toFixed(2), copyToBare.toFixed(2), toSmallest.toFixed(2), String(Math.round(bytesPerEntity[entities]!))],
  ]);
  const head = [
    'entities',
    'in flight',
    'applies/s',
    'bare/s',
    'copies/s',
    'to bare',
    'copy to bare',
    'to smallest',
    'bytes/entity',
  ];
  const lines = [head, ...cells].map((line) => line.map((cell, column) => cell.padStart(head[column]!.length)).join('  '));
  const whole = Object.entries(tells).map(([inFlight, rate]) => `${Math.round(rate)}/s with ${inFlight} in flight`);
  return [
    ...[
      'Applies in Redis, beside a bare EVALSHA that compares and sets a document of the same size; medians of rounds',
      ...lines,
    ],
    `A whole telling, record and room announced: ${whole.join(', ')}`,
    ...missed(rows).map((why) => `MISSED  ${why}`),
  ].join('\n');
}
