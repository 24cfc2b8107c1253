import { pino } from 'pino';
import { catchingUp } from './clock.ts';
import { parseEnvironment } from './environment.ts';
import { HELP } from './help.ts';
import { startSimulator } from './simulator.ts';

if (process.argv.includes('--help') || process.argv.includes('-h')) process.stdout.write(HELP);
else await run().catch(fail);

async function run(): Promise<void> {
  const env = parseEnvironment(process.env);
  const simulator = await startSimulator({
    accounts: [...(env.SIMULATOR_ACCOUNTS ?? []), ...(env.SIMULATOR_ACCOUNTS_FILE ?? [])],
    ...{ host: env.HOST, port: env.PORT, seed: env.SIMULATOR_SEED, rate: env.SIMULATOR_RATE },
    ...{ timeScale: env.SIMULATOR_TIME_SCALE, answerWithinMs: env.SIMULATOR_WEBHOOK_TIMEOUT_MS },
    clock: catchingUp({ behindMs: env.SIMULATOR_CLOCK_BEHIND_MINUTES * 60_000, speed: env.SIMULATOR_CLOCK_SPEED }),
    // To stderr: stdout has one line, which says that we listen.
    log: pino({ name: 'pms-simulator', level: env.LOG_LEVEL }, pino.destination({ fd: 2, sync: true })),
  });
  process.stdout.write(`${JSON.stringify({ event: 'listening', url: simulator.url })}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void simulator.stop().then(() => process.exit(0)));
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
