/** How far a rebuild has come. `total` is what was there when it began: more may come meanwhile. */
export type Progress = { step: 'waiting' | 'feeding' | 'deriving'; done: number; total: number; elapsedMs: number };

export type Pace = { perSecond: number; /** Of this step; null while nobody can tell. */ leftMs: number | null };

export function paceOf({ done, total, elapsedMs }: Progress): Pace {
  const perMs = elapsedMs > 0 ? done / elapsedMs : 0;
  return { perSecond: Math.round(perMs * 1000), leftMs: perMs > 0 ? Math.round(Math.max(0, total - done) / perMs) : null };
}

/** For people: what is waited for, for how long already, and for how long yet. */
export function inWords(progress: Progress): string {
  const { step, done, total, elapsedMs } = progress;
  const { leftMs } = paceOf(progress);
  if (step === 'waiting') return `rebuilding: waits since ${seconds(elapsedMs)} for its turn`;
  const what = step === 'feeding' ? 'messages of STATE fed into redis' : 'rooms derived anew';
  const left = leftMs === null ? '' : `, about ${seconds(leftMs)} to go`;
  return `rebuilding: ${done} of ${total} ${what} in ${seconds(elapsedMs)}${left}`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
