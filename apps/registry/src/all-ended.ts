/**
 * As `Promise.all`, but a failure is thrown only when everything has ended: who gives a verdict, or says that work on a memory is over,
 * must leave nothing behind that goes on announcing.
 */
export async function allEnded<T extends readonly unknown[]>(work: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
