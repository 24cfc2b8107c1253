/**
 * node burner.mjs EVERY_MS [MS,...]: has taken so many milliseconds of CPU by the end of each stretch, counted from its start, however
 * often it was kept waiting for a core; then it waits to be killed.
 */
const everyMs = Number(process.argv[2]);
const courseMs = [0, ...JSON.parse(process.argv[3])];
const REST_MS = 2;
const asleep = new Int32Array(new SharedArrayBuffer(4));

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Between the ends of two stretches it is as if they were joined by a line. */
function wantedMs(elapsedMs) {
  const at = elapsedMs / everyMs;
  const [before, after] = [courseMs[Math.floor(at)], courseMs[Math.floor(at) + 1]];
  return after === undefined ? courseMs.at(-1) : before + (after - before) * (at % 1);
}

const began = performance.now();
const before = cpuMs();
for (;;) {
  if (cpuMs() - before >= wantedMs(performance.now() - began)) Atomics.wait(asleep, 0, 0, REST_MS);
}
