import { z } from 'zod';
import { ROOMWIRE_VARIABLES, SCRIPT_VARIABLES } from './known-variables.ts';
import { TRACING } from './tracing.environment.ts';

export type Shape = Readonly<Record<string, z.ZodType>>;

const servers = z.string().transform((text, context) => {
  const urls = text.split(',').map((url) => url.trim());
  if (!urls.every((url) => /^(?:nats|tls|wss?):\/\//.test(url) && URL.canParse(url)))
    context.addIssue({ code: 'custom', message: 'expected one or more addresses like nats://127.0.0.1:4222, comma separated' });
  return urls;
});
const port = z.coerce.number('expected a port').int('expected a port').min(0, 'expected a port').max(65_535, 'expected a port');

/** Of who calls providers. */
export const EGRESS_ID = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected 1 to 64 of A-Z, a-z, 0-9, dot, dash and underscore')
  .default('default')
  .describe(
    'names the address from which this process calls providers: those behind one address must have one name, others another',
  );

/** What every service has. Empty text is the same as unset. */
export const COMMON = {
  NATS_URL: servers.default(['nats://127.0.0.1:4222']).describe('NATS servers, comma separated'),
  NATS_USER: z.string().optional().describe('user at NATS; by default the name of the service; used only with a password'),
  NATS_PASSWORD: z.string().optional().describe('its password; unset where NATS asks for none'),
  HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  PORT: port.default(0).describe('port to listen on; 0 takes a free one, which the `listening` line names'),
  METRICS_PORT: port
    .optional()
    .describe('port of `/metrics` alone, for where PORT is open to strangers: PORT then has none. Unset: PORT has it'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('least level that is logged'),
  ROOMWIRE_BLOCKED_MS_MAX: z.coerce
    .number()
    .int()
    .min(100)
    .default(10_000)
    .describe('milliseconds; a process whose event loop stands still for so long is ended'),
  ROOMWIRE_STOP_MS_MAX: z.coerce
    .number()
    .int()
    .min(100)
    .default(9_500)
    .describe('milliseconds that draining may take; Kubernetes and the design give ten seconds'),
  ...TRACING,
} satisfies Shape;

type Output<S extends Shape> = { [K in keyof S]: z.output<S[K]> };
export type Environment<S extends Shape> = Output<typeof COMMON> & Output<S>;

export type Parsed<S extends Shape> = { env: Environment<S>; warnings: string[] } | { problems: string[] };

/** Everything that is wrong at once. Names variables and what was expected, never a value: it may be a password. */
export function parseEnvironment<S extends Shape>(shape: S, source: Record<string, string | undefined> = process.env): Parsed<S> {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const merged: Shape = { ...COMMON, ...shape };
  const parsed = z.object(merged).safeParse(given);
  if (!parsed.success) return { problems: problemsOf(parsed.error, merged, given) };
  const known = new Set<string>([...ROOMWIRE_VARIABLES, ...Object.keys(SCRIPT_VARIABLES), ...Object.keys(merged)]);
  const unknown = Object.keys(given).filter((name) => name.startsWith('ROOMWIRE_') && !known.has(name));
  return {
    env: parsed.data as Environment<S>,
    warnings: unknown.map((name) => `${name} is a variable of no service of ours: a typing error?`),
  };
}

function problemsOf(error: z.ZodError, shape: Shape, given: Record<string, unknown>): string[] {
  return error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const meaning = shape[name]?.description;
    const wrong = name in given ? issue.message : 'is missing';
    return `${name}: ${wrong}${meaning ? ` (${meaning})` : ''}`;
  });
}

export type Variable = { name: string; required: boolean; default: string; meaning: string };

/** The rows of docs/environment.md for one shape; without an argument those that every service has. */
export function environmentTable(shape: Shape = COMMON): Variable[] {
  return Object.entries(shape).map(([name, schema]) => {
    const byDefault = z.safeParse(schema, undefined);
    const text = byDefault.success ? textOf(byDefault.data) : '';
    return { name, required: !byDefault.success, default: text, meaning: schema.description ?? '' };
  });
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
