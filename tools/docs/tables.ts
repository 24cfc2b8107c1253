import { environmentTable, SCRIPT_VARIABLES, type Shape, type Variable } from '@roomwire/chassis';
import { METRICS } from '@roomwire/telemetry';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The environment of each program that states it as a shape, by the program's folder. */
export async function shapes(): Promise<Record<string, Shape>> {
  const found: Record<string, Shape> = {};
  for (const app of readdirSync(join(root, 'apps')).sort()) {
    const file = join(root, 'apps', app, 'src/environment.ts');
    if (!existsSync(file)) continue;
    const { environment } = (await import(file)) as { environment?: Shape };
    if (environment) found[app] = environment;
  }
  return found;
}

export async function environmentDoc(): Promise<string> {
  const sections = Object.entries(await shapes()).map(
    ([app, shape]) => `## ${app}\n\n${variablesTable(environmentTable(shape))}\n`,
  );
  return `# Environment

Every service is configured by its environment alone, which is read once at the start: all problems are told at once, by name and
never by value, and the process ends with 78. Empty text is the same as unset. A \`ROOMWIRE_…\` variable that no program knows is
warned of. This page is made from the services' \`environment.ts\` by \`tools/docs/write.ts\`, and a spec compares. The simulator tells
its own: \`pms-simulator --help\`.

## Every service

${variablesTable(environmentTable())}

${sections.join('\n')}
## npm verbs

| variable | meaning |
|---|---|
${Object.entries(SCRIPT_VARIABLES)
  .map(([name, meaning]) => `| \`${name}\` | ${meaning} |`)
  .join('\n')}
`;
}

function variablesTable(rows: readonly Variable[]): string {
  const cell = ({ required, default: value }: Variable): string =>
    required ? '**required**' : value === '' ? '' : `\`${value}\``;
  return [
    '| variable | default | meaning |',
    '|---|---|---|',
    ...rows.map((row) => `| \`${row.name}\` | ${cell(row)} | ${row.meaning} |`),
  ].join('\n');
}

export function metricsDoc(): string {
  const rows = Object.entries(METRICS).map(([name, { kind, unit, meaning, labels }]) => {
    const list = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${kind} | ${unit} | ${meaning} | ${list} |`;
  });
  return `# Metrics

Every service serves its figures as Prometheus text at \`GET /metrics\`, on its \`PORT\` or, where that is set, on
\`METRICS_PORT\` alone. Histograms have buckets from 1 ms to 30 s. This page is made from \`METRICS\` in
\`libs/telemetry/src/metrics.ts\` by \`tools/docs/write.ts\`, and a spec compares.

| metric | kind | unit | meaning | labels |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
