import { natsVaultKeys, type KeysReport } from '@roomwire/vault-client';
import { byOf } from './audit.ts';
import { age, table } from './core/table.ts';
import type { Session } from './session.ts';
import type { Terminal } from './terminal.ts';
import { asking } from './vault-asking.ts';

export type RotateKeys = { reason?: string; by?: string; watch?: boolean; json?: boolean };

const LOOK_MS = 1_000;

export async function listKeys({ nc }: Session, { json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  show(await asking(() => natsVaultKeys(nc, 'operator').keys()), json, terminal);
}

/** A new data key. With `watch` it stays until everything is sealed under it and the old one is gone. */
export async function rotateKeys({ nc }: Session, options: RotateKeys, terminal: Terminal): Promise<void> {
  const vault = natsVaultKeys(nc, 'operator');
  const { reason, watch, json } = options;
  const request = { by: byOf(options, terminal), ...(reason === undefined ? {} : { reason }) };
  let report = await asking(() => vault.rotateKeys(request));
  while (watch && report.keys.length > 1) {
    if (!json) terminal.err(`${progressOf(report)}\n`);
    await terminal.pause(LOOK_MS);
    report = await asking(() => vault.keys());
  }
  show(report, json, terminal);
}

function show(report: KeysReport, json: boolean | undefined, terminal: Terminal): void {
  if (json) return terminal.out(`${JSON.stringify(report)}\n`);
  const rows = table(report.keys, [
    { title: 'data key', of: ({ id }) => id },
    { title: 'state', of: ({ active }) => (active ? 'active' : 'replaced') },
    { title: 'wrapped by', of: ({ kek }) => kek },
    { title: 'age', of: ({ madeAt }) => age(madeAt, terminal.now()) },
    { title: 'values', of: ({ values }) => values },
  ]);
  terminal.out(`${rows}\n${progressOf(report)}\n`);
}

function progressOf({ keys, others, connections }: KeysReport): string {
  const under = keys.find(({ active }) => active)?.values ?? 0;
  const all = keys.reduce((sum, { values }) => sum + values, others);
  const waits =
    keys.length > 1 && under === all ? '; the replaced keys are removed when no write can be on its way under them' : '';
  return `${under} of ${all} values of ${connections} connections are under the active key${waits}`;
}
