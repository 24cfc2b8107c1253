import { startProduct } from './product.ts';
import { Watch, type Usage } from './processes.ts';
import { table } from './report.ts';

const TENANTS = 100;
const SETTLE_MS = 10_000;
const SECONDS = 30;

/** What a fleet costs that nobody talks to: 100 tenants, two replicas of normalizer and registry. The answer is a table. */
export async function idleCost({ signal, say }: { signal: AbortSignal; say: (line: string) => void }): Promise<string> {
  const replicas = { normalizer: 2, registry: 2 };
  await using fleet = await startProduct({ rooms: 2, sync: 'interval', replicas, tenants: TENANTS, say });
  say(`idle: ${TENANTS} tenants; ${SETTLE_MS / 1000} s to settle, then ${SECONDS} s …`);
  await pause(SETTLE_MS, signal);
  const watch = new Watch(fleet.processes());
  await pause(SECONDS * 1000, signal).catch((error: unknown) => {
    watch.stop();
    throw error;
  });
  return `Idle: ${TENANTS} tenants, two replicas of normalizer and registry, ${SECONDS} s without traffic\n${rowsOf(watch.stop())}\n`;
}

function rowsOf(usage: readonly Usage[]): string {
  const sum = (figure: (each: Usage) => number): number => usage.reduce((total, each) => total + figure(each), 0);
  const total = { name: 'all', cpuPercent: sum(({ cpuPercent }) => cpuPercent), rssMib: sum(({ rssMib }) => rssMib) };
  const rows = [...usage, total].map(({ name, cpuPercent, rssMib }) => [name, cpuPercent.toFixed(1), rssMib.toFixed(0)]);
  return table(['', 'CPU % of a core', 'RSS MiB'], rows);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
