import { open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { run } from './program.ts';

// The kernel spares a container's first process every default action: without a handler it could not be stopped. A command that has
// something to put away takes the signal itself.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.on(signal, () => process.listenerCount(signal) === 1 && process.exit(code));
// `roomwire … | head`: whoever reads no further has what they wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const code = await run(process.argv.slice(2), {
  out: (words) => void process.stdout.write(words),
  bytes: (data) => void process.stdout.write(data),
  err: (words) => void process.stderr.write(words),
  env: process.env,
  readFile: (path) => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')),
  createFile: async (path) => {
    // Guests' names and more: nobody else's to read.
    const file = await open(path, 'wx', 0o600);
    return { write: (words) => file.appendFile(words), close: () => file.close() };
  },
  now: Date.now,
  ask: async (question) => {
    if (!process.stdin.isTTY) return undefined;
    const asking = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await asking.question(question);
    } finally {
      asking.close();
    }
  },
  onStop: (listener) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener);
    return () => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener);
    };
  },
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});
// Not process.exit at once: a pipe may still have to take what was written.
process.exitCode = code;
await new Promise((resolve) => process.stdout.write('', resolve));
process.exit();
