import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a server's binary is: named by its variable, else on the PATH. The npm verbs obtain it and set the variable. */
export function serverBinary(name: 'nats-server' | 'redis-server'): string {
  const variable = name === 'nats-server' ? 'NATS_SERVER_BIN' : 'REDIS_SERVER_BIN';
  const named = process.env[variable];
  if (named) return named;
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
  if (found) return found;
  throw new Error(
    `${name} was not found. Run the spec through its verb, which obtains it (npm run int -- <file>), or say where it is: ` +
      `export ${variable}=/path/to/${name} (node scripts/servers.mjs prints it).`,
  );
}
