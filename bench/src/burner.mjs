/** node burner.mjs SHARE: takes that share of one core until it is killed, in slices of ten milliseconds. */
const SLICE_MS = 10;
const share = Number(process.argv[2]);
const asleep = new Int32Array(new SharedArrayBuffer(4));

for (;;) {
  const until = performance.now() + SLICE_MS * share;
  while (performance.now() < until);
  Atomics.wait(asleep, 0, 0, SLICE_MS * (1 - share));
}
