import { readFile } from 'node:fs/promises';
import { run } from './program.ts';

const code = await run(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  bytes: (data) => void process.stdout.write(data),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  readFile: (path) => readFile(path, 'utf8'),
  now: Date.now,
});
// Not process.exit at once: a pipe may still have to take what was written.
process.exitCode = code;
await new Promise((resolve) => process.stdout.write('', resolve));
process.exit();
