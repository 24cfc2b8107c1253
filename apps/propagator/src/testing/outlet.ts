import { EventEmitter } from 'node:events';
import type { Outlet } from '../stream-client.ts';
import { parseFrame, type ParsedFrame } from './announced.ts';

/** A connection that the test opens and closes like a tap. */
export class TestOutlet extends EventEmitter implements Outlet {
  flowing = true;
  ended = false;
  destroyed = false;
  readonly #text: string[] = [];

  write(chunk: Uint8Array): boolean {
    this.#text.push(Buffer.from(chunk).toString());
    if (!this.#text.at(-1)!.startsWith(':')) setImmediate(() => this.emit('written'));
    return this.flowing;
  }

  end(): void {
    this.ended = true;
    this.emit('close');
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }

  drain(): void {
    this.flowing = true;
    this.emit('drain');
  }

  get comments(): string[] {
    return this.#frames().filter((frame) => frame.startsWith(':'));
  }

  get frames(): ParsedFrame[] {
    return this.#frames()
      .filter((frame) => !frame.startsWith(':'))
      .map((frame) => parseFrame([Buffer.from(frame)]));
  }

  /** `change room/u1:2`, `live`. */
  get brief(): string[] {
    return this.frames.map(({ event, data }) => {
      const { subject, revision } = data as { subject?: string; revision?: number };
      return revision === undefined ? event : `${event} ${subject}:${revision}`;
    });
  }

  #frames(): string[] {
    return this.#text.join('').split('\n\n').filter(Boolean);
  }
}
