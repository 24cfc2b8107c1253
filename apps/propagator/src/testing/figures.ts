import type { Figures } from '../figures.ts';

export type Tally = Figures & { count: Record<'sent' | 'conflated' | 'told' | 'unreadable' | 'notNewer', number> };

export function tally(): Tally {
  const count = { sent: 0, conflated: 0, told: 0, unreadable: 0, notNewer: 0 };
  const one = (name: keyof typeof count) => () => {
    count[name] += 1;
  };
  return {
    count,
    sent: one('sent'),
    conflated: one('conflated'),
    told: one('told'),
    unreadable: one('unreadable'),
    notNewer: one('notNewer'),
    watch: () => undefined,
  };
}
