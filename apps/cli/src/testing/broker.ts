import { connectNats, natsConf, passwordVariable, USERS, type NatsConnection } from '@roomwire/jetstream';
import { natsServer, type NatsServer } from '@roomwire/testkit';
import { run } from '../program.ts';
import { memoryTerminal, type MemoryTerminal } from './memory-terminal.ts';

export const passwordOf = (user: string): string => `pass-${user}`;

/** A broker with the users that it has where it is deployed. */
export function brokerOfUsers(): Promise<NatsServer> {
  const env = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), passwordOf(user)]));
  return natsServer({ config: natsConf(), env });
}

export function connectAs(user: string, { url }: NatsServer): Promise<NatsConnection> {
  return connectNats({ servers: url, service: user, user, pass: passwordOf(user) });
}

/** The operator Ada's. */
export function adasTerminal(
  { url }: NatsServer,
  files: Record<string, string> = {},
  more: { now?: () => number } = {},
): MemoryTerminal {
  return memoryTerminal({
    ...{ files, ...more },
    env: { NATS_URL: url, NATS_PASSWORD: passwordOf('operator'), USER: 'ada' },
  });
}

/** `roomwire …` as the operator Ada. */
export async function asAda(
  nats: NatsServer,
  args: readonly string[],
  files?: Record<string, string>,
): Promise<{ code: number } & MemoryTerminal['written']> {
  const terminal = adasTerminal(nats, files);
  return { code: await run(args, terminal), ...terminal.written };
}
