import { Failure } from './core/failure.ts';
import { findingsText, isInDanger, sorted, type Finding } from './core/finding.ts';
import type { Terminal } from './terminal.ts';

/** Prints what was found. @throws {Failure} unwell, where any of it is a danger: a script need not read */
export function tellFindings(findings: readonly Finding[], json: boolean | undefined, terminal: Terminal): void {
  terminal.out(json ? `${JSON.stringify({ findings: sorted(findings) })}\n` : `${findingsText(findings)}\n`);
  if (!isInDanger(findings)) return;
  const count = findings.filter(({ level }) => level === 'danger').length;
  throw new Failure('unwell', `${count} of ${findings.length} findings ${count === 1 ? 'is a danger' : 'are dangers'}`);
}
