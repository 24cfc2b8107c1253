/**
 * What became of a letter that was replayed. `superseded`: nothing changed, what it says is known or outdated. `reread`: too old to be
 * applied, so a read was asked for. `kept`: nobody has said yet what became of it; it stays a dead letter.
 */
export type Fate = 'replayed' | 'superseded' | 'reread' | 'failed-again' | 'kept';
export const FATES: readonly Fate[] = ['replayed', 'superseded', 'reread', 'failed-again', 'kept'];
export type Fated = { fate: Fate; detail: string };

/** What was heard under the name of one replay. */
export type Signs = {
  /** It was bytes of a provider, which are taken apart; everything else has one outcome. */
  isRaw: boolean;
  verdicts: string[];
  /** Into how many parts it was taken apart, once that is known. */
  parts: number | undefined;
  /** Letters that it ended in; `whole`: not a part of it, but all. */
  died: { id: string; stage: string; reason: string; isWhole: boolean }[];
};

const NEWS: ReadonlySet<string> = new Set(['applied', 'confirmed', 'hinted', 'read']);

export const noSigns = (isRaw: boolean): Signs => ({ isRaw, verdicts: [], parts: undefined, died: [] });

/** Parts of bytes that were understood: one of them that is news is news. */
export function fateOf(verdicts: readonly string[]): Fated {
  const counts = new Map<string, number>();
  for (const verdict of verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const detail = [...counts].map(([verdict, count]) => (count === 1 ? verdict : `${count} ${verdict}`)).join(', ');
  return { fate: verdicts.some((verdict) => NEWS.has(verdict)) ? 'replayed' : 'superseded', detail };
}

/** Undefined: not all of it has been heard of yet. */
export function fateBy(signs: Signs): Fated | undefined {
  const { isRaw, verdicts, died } = signs;
  const [first] = died;
  const failed = (): Fated => ({ fate: 'failed-again', detail: `${first!.reason} in ${first!.stage}: ${first!.id}` });
  if (!isRaw) return first ? failed() : verdicts.length > 0 ? fateOf(verdicts) : undefined;
  if (died.some(({ isWhole, stage }) => isWhole && stage.startsWith('normalizer'))) return failed();
  if (signs.parts === undefined) return undefined;
  const diedLater = died.filter(({ stage }) => !stage.startsWith('normalizer')).length;
  // What the normaliser rejects has an outcome and a letter, and the letter must be stored before the old one goes.
  const awaitsLetter = verdicts.includes('rejected') && diedLater === died.length;
  if (awaitsLetter || verdicts.length + diedLater < signs.parts) return undefined;
  return first ? failed() : fateOf(verdicts);
}
