import type { PropertyCore } from '@roomwire/events';
import type { Fact } from './facts.ts';

/** One row of docs/rooms.md. */
export type Case = {
  name: string;
  known: readonly Fact[];
  /** `07-01 15:00` by the clock on the house's wall. */
  at: string;
  /** Null: no provider has told anything of it. */
  house?: PropertyCore | null;
  /** Doors that are looked at; `1` alone by default. */
  doors?: readonly string[];
  room: string;
  conflicts?: string;
  /** What it says to staff. */
  means: string;
};
export type Chapter = { title: string; cases: readonly Case[] };
