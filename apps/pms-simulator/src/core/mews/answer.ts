import type { Answer } from '../request.ts';

export const ok = (body: unknown): Answer => ({ status: 200, body });

/** {Message}: the only member that is always there (M:guidelines/responses.md). */
export const problem = (status: number, Message: string): Answer => ({ status, body: { Message } });

export const invalid = (parameter: string): Answer => problem(400, `Invalid ${parameter}.`);

/** A rule of the hotel's business: the message is for a person. */
export const forbidden = (why: string): Answer => problem(403, why);
