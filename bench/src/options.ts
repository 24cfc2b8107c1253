import { parseArgs } from 'node:util';

export type Options = {
  rates: number[];
  seconds: number;
  probeSeconds: number;
  rounds: number;
  rooms: number;
  only: 'floor' | 'fleet' | undefined;
  sync: 'interval' | 'always';
  search: boolean;
  json: string;
};
export type Wanted =
  { kind: 'help' } | { kind: 'repin' } | { kind: 'idle' | 'vault'; options: Options } | { kind: 'run'; options: Options };

export const HELP = `npm run bench -- [options]

Measures the fleet against the floor, alternately, both on this machine; about 35 minutes, or 5 with --quick.

  --quick            10 s a stretch, 2 rounds, short probes
  --rates 50,200     webhooks per second at which latency is measured (50,200,1000)
  --seconds 60       of a stretch of load, and of the probe that confirms the highest rate
  --rounds 3         of each rate, floor and fleet in turn; medians are told
  --rooms 200        rooms that the webhooks are about
  --only floor|fleet one of them, without ratios
  --sync always      the broker's disk is synced before each PubAck: production's setting for ingest
  --no-search        no search for the highest sustained rate
  --json FILE        where the figures go (bench/results/latest.json)
  --idle             what 100 tenants cost two replicas of normalizer and registry, without traffic
  --vault            what a lease through the vault costs, against a bare request and reply
  --repin            pins the floor's files as they are now
  --help

Ends with 0 when the targets of ARCHITECTURE.md §12 are met, 1 when not, 3 when the floor itself was too slow here to tell.
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const DECLARED = {
  quick: flag,
  rates: text,
  seconds: text,
  rounds: text,
  rooms: text,
  only: text,
  sync: text,
  'no-search': flag,
  json: text,
  idle: flag,
  vault: flag,
  repin: flag,
  help: flag,
} as const;

/** @throws {Error} naming what cannot be understood */
export function parse(args: string[]): Wanted {
  const { values } = parseArgs({ args, options: DECLARED, allowPositionals: false });
  if (values.help) return { kind: 'help' };
  if (values.repin) return { kind: 'repin' };
  const quick = values.quick ?? false;
  const options: Options = {
    rates: (values.rates ?? '50,200,1000').split(',').map((rate) => positive('--rates', rate)),
    seconds: positive('--seconds', values.seconds ?? (quick ? '10' : '60')),
    probeSeconds: quick ? 5 : 8,
    rounds: positive('--rounds', values.rounds ?? (quick ? '2' : '3')),
    rooms: positive('--rooms', values.rooms ?? '200'),
    only: oneOf('--only', values.only, ['floor', 'fleet'] as const),
    sync: oneOf('--sync', values.sync, ['interval', 'always'] as const) ?? 'interval',
    search: !values['no-search'],
    json: values.json ?? 'bench/results/latest.json',
  };
  return { kind: values.idle ? 'idle' : values.vault ? 'vault' : 'run', options };
}

function positive(name: string, given: string): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name}: expected a whole number above 0, got "${given}"`);
  return value;
}

function oneOf<T extends string>(name: string, given: string | undefined, known: readonly T[]): T | undefined {
  if (given === undefined || known.includes(given as T)) return given as T | undefined;
  throw new Error(`${name}: expected ${known.join(' or ')}, got "${given}"`);
}
