/**
 * Lints texts under paths that need not exist: JSON `[{ path, text }]` on stdin → JSON `[[ruleId, …], …]` on stdout. A process of
 * its own, because ESLint and Nx load their configuration in ways that jest's module system does not follow.
 * Rules that need types are off: a planted file belongs to no program.
 */
import { text } from 'node:stream/consumers';
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

// The boundaries rule skips itself, with a mere warning, where no project graph was cached.
await createProjectGraphAsync({ exitOnError: true });
const eslint = new ESLint({
  overrideConfig: [{ ...tseslint.configs.disableTypeChecked, files: ['**/*.ts'] }],
});

const findings = [];
for (const { path, text: source } of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(source, { filePath: path });
  findings.push(result.messages.map(({ ruleId, message }) => ruleId ?? message));
}
process.stdout.write(JSON.stringify(findings));
