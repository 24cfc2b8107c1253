import type { Decoded } from './adapter.ts';
import { jsonPointer, type RejectReason } from './reject.ts';

/** An answer of decode from the parts that there are. */
export function decoded(parts: Partial<Decoded>): Decoded {
  return { tellings: [], hints: [], rejects: [], ignored: [], ...parts };
}

/** All of the bytes, or the part at `pointer`, is of no use. */
export function rejected(reason: RejectReason, detail: string, pointer = ''): Decoded {
  return decoded({ rejects: [{ reason, pointer, detail }] });
}

/** A read's answer, or the part of it at `path`, that is about somebody who was not asked for. */
export function anotherEntity(path: readonly PropertyKey[]): Decoded {
  return rejected('unreadable-answer', 'the answer is about another entity', jsonPointer(path));
}

/** Many parts' answers as one. */
export function together(answers: readonly Decoded[]): Decoded {
  return {
    tellings: answers.flatMap((answer) => answer.tellings),
    hints: answers.flatMap((answer) => answer.hints),
    rejects: answers.flatMap((answer) => answer.rejects),
    ignored: answers.flatMap((answer) => answer.ignored),
  };
}
