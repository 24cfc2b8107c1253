import { adapters } from '@roomwire/pms-adapters';
import { ALWAYS, CLAIMS, type Limit, type PmsAdapter } from '@roomwire/pms-port';

/** The reference is nobody's provider, and says what the kit can ask. */
const PROVIDERS: readonly PmsAdapter[] = Object.values(adapters);

export function providersDoc(): string {
  const proven = [
    ...ALWAYS.map((part) => [part, ...PROVIDERS.map(() => 'pass')]),
    ...Object.entries(CLAIMS).map(([claim, isMade]) => [
      claim,
      ...PROVIDERS.map((adapter) => (isMade(adapter) ? 'pass' : 'skip')),
    ]),
  ];
  return `# Providers

What each adapter is proven to do. Every one goes through the same conformance kit (\`libs/pms-port/src/conformance\`), which is red
for what an adapter claims and cannot do, and skips by name what it does not claim. \`internal\` is our own webhook, \`memory\` the
reference that a new provider begins as a copy of ([adding-a-pms.md](adding-a-pms.md)). This page is made from the adapters by
\`tools/docs/write.ts\`, and a spec compares. What a provider's own documents say, and what nobody knows, is in its README.

## The kit

${table(['part', ...PROVIDERS.map(({ provider }) => provider)], proven)}

## What is claimed

${table(
  [
    'provider',
    'sender proves itself by',
    'told by webhook',
    'read by id',
    'at once',
    'listed',
    'pushed',
    'credentials',
    'limits',
  ],
  PROVIDERS.map(claimed),
)}
`;
}

function claimed({ provider, capabilities, listings, push, limits }: PmsAdapter): string[] {
  const { webhookAuth, webhooks, pushes, reads, readsAtOnce, token } = capabilities;
  const atOnce = Object.entries(readsAtOnce ?? {}).map(([kind, most]) => `${kind} ${most}`);
  const listed = listings?.lists.map(({ name, changedSince }) => (changedSince ? name : `${name} (whole)`)) ?? [];
  return [
    ...[provider, webhooks ? webhookAuth : '', words(pushes), words(reads), words(atOnce), words(listed)],
    ...[words(push?.kinds ?? []), token === 'none' ? '' : token, words(limits.map(limitInWords))],
  ];
}

function limitInWords({ limit, windowMs, scope, unit }: Limit): string {
  return `${limit} ${unit ?? 'calls'} in ${windowMs / 1_000} s per ${scope}`;
}

function words(all: readonly string[]): string {
  return all.join(', ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell || 'none').join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
