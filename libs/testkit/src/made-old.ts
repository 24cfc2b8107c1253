import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects everything, twice: what is still there then is old, as after a pause. */
export function ageAll(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
}

/** Bytes that `work` brought among what is old, where only a full collection finds out that nobody needs them. */
export function madeOld(work: () => void): number {
  const before = oldBytes();
  work();
  return oldBytes() - before;
}

function oldBytes(): number {
  const old = getHeapSpaceStatistics().filter(({ space_name: name }) => name.startsWith('old'));
  return old.reduce((sum, { space_used_size: used }) => sum + used, 0);
}
