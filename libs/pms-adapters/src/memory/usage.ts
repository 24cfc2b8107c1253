import { headerNumber, type Usage } from '@roomwire/pms-port';

/** `memory-cost` and `memory-remaining` in credits, `memory-resets-in` in seconds. */
export function readUsage(header: (name: string) => string | null): Usage {
  const [cost, remaining] = [headerNumber(header('memory-cost')), headerNumber(header('memory-remaining'))];
  const seconds = headerNumber(header('memory-resets-in'));
  return {
    ...(cost === undefined ? {} : { cost }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(seconds === undefined ? {} : { resetsInMs: seconds * 1_000 }),
  };
}
