import type { LoggerService } from '@nestjs/common';
import type { Log } from '@roomwire/telemetry';

/** Nest's own words through our log. What it says while it starts is for whoever debugs it. */
export function nestLog(log: Log): LoggerService {
  const at =
    (level: 'error' | 'warn' | 'debug' | 'trace' | 'fatal') =>
    (message: unknown, ...rest: unknown[]) => {
      const context = rest.at(-1);
      log[level](
        { nest: typeof context === 'string' ? context : undefined, ...(message instanceof Error ? { err: message } : {}) },
        textOf(message),
      );
    };
  return { log: at('debug'), error: at('error'), warn: at('warn'), debug: at('trace'), verbose: at('trace'), fatal: at('fatal') };
}

function textOf(message: unknown): string {
  if (message instanceof Error) return message.message;
  return typeof message === 'string' ? message : JSON.stringify(message);
}
