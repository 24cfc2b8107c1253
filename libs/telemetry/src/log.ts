import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

const MASK = '[redacted]';
/** Names under which nobody needs to read a value in a log. `key` only as a whole word: `keyspace` is harmless. */
const SECRET_NAME =
  /pass(?:word|wd|phrase)?$|secret|token|authori[sz]ation|cookie|credential|signature|(?:^|[-_.]|api|private|access)key$/i;
/** `//user:password@` of an address, wherever it is: the drivers quote their URLs in errors. */
const USER_INFO = /\/\/[^/@\s]*:[^/@\s]*@/g;
const DEPTH_MAX = 6;

/** A copy of `value` fit for a log: what stands under a secret's name is masked, and credentials in addresses are cut out. */
export function maskSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.includes('//') ? value.replace(USER_INFO, `//${MASK}@`) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEPTH_MAX) return '[deep]';
  if (value instanceof Error) return maskSecrets(plainError(value), depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, depth + 1));
  if ('toJSON' in value && typeof value.toJSON === 'function') return maskSecrets((value.toJSON as () => unknown)(), depth + 1);
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    isSecret(name, inner) ? MASK : maskSecrets(inner, depth + 1),
  ]);
  return Object.fromEntries(entries) as object;
}

/** Booleans and nothing at all give nothing away: `password: undefined` is worth reading. */
function isSecret(name: string, value: unknown): boolean {
  return SECRET_NAME.test(name) && value !== null && value !== undefined && typeof value !== 'boolean';
}

/**
 * Only what our own code and Node put there: drivers hang whole commands and requests on their errors. The causes' texts are in
 * pino's message and stack already.
 */
function plainError(error: Error): object {
  const { type, message, stack } = stdSerializers.err(error);
  const code = (error as { code?: unknown }).code;
  return { type, message, stack, ...(code === undefined ? {} : { code }) };
}

/**
 * One JSON line each on stdout, redacted by construction: whatever is logged passes {@link maskSecrets}. Written without blocking
 * the event loop, many lines at once when there are many: a kill -9 loses the last tenth of a second of them. Flushed when the
 * process ends by itself.
 */
export function createLog(service: string, level: LogLevel = 'info', destination?: DestinationStream): Log {
  const options = {
    level,
    base: { service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    // The formatter below has done it: pino would take our plain object for an error of type Object.
    serializers: { err: (err: unknown) => err },
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => maskSecrets(fields) as Record<string, unknown>,
    },
    hooks: {
      logMethod(this: Logger, args: Parameters<Logger['info']>, method: (...args: Parameters<Logger['info']>) => void) {
        const [first, ...rest] = args as unknown[];
        // Of an error alone pino takes the message as its own, before any formatter sees it.
        const said = first instanceof Error ? [{ err: first }, rest[0] ?? first.message, ...rest.slice(1)] : args;
        method.apply(this, said.map((arg: unknown) => (typeof arg === 'string' ? maskSecrets(arg) : arg)) as typeof args);
      },
    },
  };
  const log = pino(options, destination ?? pino.destination({ dest: 1, sync: false, minLength: 16_000, periodicFlush: 100 }));
  // pino formats the bindings of the first logger only. Children inherit this property.
  const child = Reflect.get(log, 'child') as unknown as (bindings: object, more?: object) => Logger;
  const masked = function (this: Logger, bindings: object, more?: object) {
    return child.call(this, maskSecrets(bindings) as object, more);
  };
  Object.assign(log, { child: masked });
  return log;
}
