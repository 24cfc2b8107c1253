import { Child, type ChildSpec } from './child.ts';

const RESTART_AFTER_MS = 300;

/** Keeps one process running, as Kubernetes would: what ends without being asked to is started again. */
export class Supervised {
  private child: Child;
  private stopped = false;

  constructor(
    private readonly spec: ChildSpec,
    private readonly say: (line: string) => void,
  ) {
    this.child = this.start();
  }

  get name(): string {
    return this.spec.name;
  }

  get pid(): number {
    return this.child.pid;
  }

  get ready(): Promise<RegExpExecArray> {
    return this.child.ready;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.child.stop();
  }

  killNow(): void {
    this.stopped = true;
    this.child.killNow();
  }

  private start(): Child {
    const child = new Child(this.spec);
    const started = Date.now();
    void child.exited.then(({ code, expected }) => {
      if (expected || this.stopped) return;
      // Who fails at once would fail again: the first start reports it, later ones wait longer.
      const waitMs = Date.now() - started < 2000 ? 2000 : RESTART_AFTER_MS;
      this.say(`${this.name} ended (${code ?? 'killed'}); starting it again`);
      setTimeout(() => !this.stopped && (this.child = this.start()), waitMs).unref();
    });
    return child;
  }
}
