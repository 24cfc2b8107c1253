import { Child, type ChildSpec } from './child.ts';

const RESTART_AFTER_MS = 300;

/** Keeps one process running, as Kubernetes would: what ends without being asked to is started again. */
export class Supervised {
  private child: Child;
  private stopped = false;
  /** Somebody ends it and starts it again himself. */
  private inHand = false;

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

  /** kill -9; it comes back by itself. */
  kill(): void {
    this.child.signal('SIGKILL');
  }

  signal(signal: NodeJS.Signals): void {
    this.child.signal(signal);
  }

  /** Ends it (by default as Kubernetes does), does what may only be done while it is down, starts it again; resolves when it is ready. */
  async restart(options: { kill?: boolean; between?: () => void | Promise<void> } = {}): Promise<void> {
    this.inHand = true;
    try {
      await this.child.stop(options.kill ? 0 : undefined);
      await options.between?.();
      if (!this.stopped) this.child = this.start();
    } finally {
      this.inHand = false;
    }
    await this.child.ready;
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
      if (expected || this.stopped || this.inHand) return;
      // Who fails at once would fail again: the first start reports it, later ones wait longer.
      const waitMs = Date.now() - started < 2000 ? 2000 : RESTART_AFTER_MS;
      this.say(`${this.name} ended (${code ?? 'killed'}); starting it again`);
      setTimeout(() => !this.stopped && !this.inHand && (this.child = this.start()), waitMs).unref();
    });
    return child;
  }
}
