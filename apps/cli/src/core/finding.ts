import { table } from './table.ts';

/** `not-seen`: it could not be looked at, which is not the same as in order. */
export type Level = 'ok' | 'warning' | 'danger' | 'not-seen';
/** One thing that was looked at. `todo`: what a person can do about it. */
export type Finding = { about: string; level: Level; seen: string; todo?: string };

export const ok = (about: string, seen: string): Finding => ({ about, level: 'ok', seen });
export const warning = (about: string, seen: string, todo: string): Finding => ({ about, level: 'warning', seen, todo });
export const danger = (about: string, seen: string, todo: string): Finding => ({ about, level: 'danger', seen, todo });
export const notSeen = (about: string, seen: string, todo: string): Finding => ({ about, level: 'not-seen', seen, todo });

/** The worst first: whoever reads the first line has read what matters. */
const ORDER: readonly Level[] = ['danger', 'warning', 'not-seen', 'ok'];

export function findingsText(findings: readonly Finding[]): string {
  return table(sorted(findings), [
    { title: 'level', of: ({ level }) => level },
    { title: 'about', of: ({ about }) => about },
    { title: 'seen', of: ({ seen }) => seen },
    { title: 'to do', of: ({ todo }) => todo ?? '' },
  ]);
}

export const sorted = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));

export const isInDanger = (findings: readonly Finding[]): boolean => findings.some(({ level }) => level === 'danger');
