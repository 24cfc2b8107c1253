import { filterOf, outcomeMessage, parseSubject } from '@roomwire/events';
import {
  follow,
  parseDeadLetter,
  replayOfLetter,
  streamOf,
  type DeadLetter,
  type Follower,
  type NatsConnection,
  type StoredMessage,
} from '@roomwire/jetstream';
import { fateBy, noSigns, type Fated, type Signs } from './core/fate.ts';
import type { ReplayJob } from './core/replay-job.ts';

type Heard = Signs & { tell?: ((fated: Fated) => void) | undefined };

/** Hears what becomes of a job's letters: outcomes of the tenant, and letters that a replay ended in. */
export class ReplayEars {
  private readonly heard = new Map<string, Heard>();
  private readonly followers: Follower[];
  private outcomesTo: number;

  private constructor(
    nc: NatsConnection,
    private readonly job: ReplayJob,
    caughtUp: { outcomes: () => void; letters: () => void },
  ) {
    this.outcomesTo = job.heard;
    const { tenant, heard, upTo } = job;
    this.followers = [
      follow(
        nc,
        streamOf('LOG', tenant),
        filterOf(tenant, 'outcome'),
        { onMessage: (message) => this.outcome(message), onCaughtUp: caughtUp.outcomes },
        heard,
      ),
      follow(
        nc,
        streamOf('DEAD', tenant),
        filterOf(tenant, 'dead'),
        { onMessage: (message) => this.letter(message), onCaughtUp: caughtUp.letters },
        upTo,
      ),
    ];
  }

  /** Resolves when everything that was told before has been heard: of a resumed job that is what its last run did not wait for. */
  static async open(nc: NatsConnection, job: ReplayJob): Promise<ReplayEars> {
    const [outcomes, letters] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const ears = new ReplayEars(nc, job, { outcomes: outcomes.resolve, letters: letters.resolve });
    await Promise.all([outcomes.promise, letters.promise]);
    return ears;
  }

  /** Sequence in LOG up to which outcomes were heard. */
  get heardTo(): number {
    return this.outcomesTo;
  }

  async close(): Promise<void> {
    await Promise.all(this.followers.map((follower) => follower.stop()));
  }

  /** What is known of it already; undefined: nothing, or not all. */
  known(tag: string, letter: DeadLetter): Fated | undefined {
    return fateBy(this.signsOf(tag, isRaw(letter)));
  }

  /** Calls once it is known what became of it. */
  await(tag: string, letter: DeadLetter, tell: (fated: Fated) => void): void {
    this.signsOf(tag, isRaw(letter)).tell = tell;
    this.consider(tag);
  }

  forget(tag: string): void {
    this.heard.delete(tag);
  }

  private outcome(message: StoredMessage): void {
    this.outcomesTo = message.seq;
    const parsed = outcomeMessage.safeParse(jsonOf(message.data));
    const tag = parsed.data?.replay;
    if (!parsed.success || !tag?.startsWith(`${this.job.id}-`)) return;
    const { verdict, parts, stage } = parsed.data;
    const signs = this.signsOf(tag, stage === 'normalizer');
    if (verdict === 'decoded') signs.parts = parts;
    else signs.verdicts.push(verdict);
    this.consider(tag);
  }

  private letter(message: StoredMessage): void {
    const tag = replayOfLetter((name) => message.header(name));
    const letter = parseDeadLetter(message);
    if (!letter || !tag.startsWith(`${this.job.id}-`)) return;
    const { id, stage, reason, pointer } = letter;
    this.signsOf(tag, stage.startsWith('normalizer')).died.push({ id, stage, reason, isWhole: pointer === '' });
    this.consider(tag);
  }

  /** An outcome heard before its letter was met may be of the registry: whether it is raw the letter says. */
  private signsOf(tag: string, raw: boolean): Heard {
    const held = this.heard.get(tag);
    if (held) {
      held.isRaw ||= raw;
      return held;
    }
    const signs = noSigns(raw);
    this.heard.set(tag, signs);
    return signs;
  }

  private consider(tag: string): void {
    const heard = this.heard.get(tag);
    const fated = heard?.tell && fateBy(heard);
    if (!fated) return;
    const { tell } = heard;
    heard.tell = undefined;
    tell?.(fated);
  }
}

const isRaw = ({ origin }: DeadLetter): boolean => parseSubject(origin.subject)?.family === 'raw';

function jsonOf(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}
