/** Far apart, and each once before any comes again: no two in flight are of one entity. */
const STRIDE = 7_919;

/** Does work on one of so many entities. */
export type Work = (index: number) => Promise<unknown>;

/** How often per second `work` is done by so many at a time, each beginning when its last is done. */
export async function rateOf(entities: number, inFlight: number, ms: number, work: Work): Promise<number> {
  let done = 0;
  let at = Math.floor(entities / 2);
  const began = performance.now();
  const worker = async (): Promise<void> => {
    while (performance.now() - began < ms) {
      at = (at + STRIDE) % entities;
      await work(at);
      done++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (done * 1000) / (performance.now() - began);
}
