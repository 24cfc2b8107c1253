import { createLog } from '../log.ts';

/** `node talker.ts <lines> [stay]`: says so many lines at once, and ends, or stays. */
const [lines, stays] = process.argv.slice(2);
const log = createLog('talker');
for (let n = 1; n <= Number(lines); n++) log.info({ n, filler: '.'.repeat(100) }, 'said');
if (stays) setInterval(() => undefined, 1_000);
else process.exit(0);
