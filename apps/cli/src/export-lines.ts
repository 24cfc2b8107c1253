import { createHash } from 'node:crypto';

/** Where an export goes: a file or standard output. */
export type Sink = { write(text: string): Promise<void>; close(): Promise<void> };

/**
 * The lines of an export: a header, entries, and a trailer that counts them and holds the SHA-256 of every byte before it. A file
 * without a trailer that fits was cut, or changed.
 */
export class ExportLines {
  private readonly hash = createHash('sha256');
  private readonly counts: Record<string, number> = {};

  constructor(private readonly sink: Sink) {}

  async header(fields: Record<string, unknown>): Promise<void> {
    await this.line(fields);
  }

  /** Answers how many of its kind there are by now. */
  async entry(of: string, fields: Record<string, unknown>): Promise<number> {
    await this.line({ of, ...fields });
    return (this.counts[of] = (this.counts[of] ?? 0) + 1);
  }

  async trailer(): Promise<{ counts: Record<string, number>; sha256: string }> {
    const end = { counts: this.counts, sha256: this.hash.copy().digest('hex') };
    await this.line({ end: 'tenant-export', ...end });
    await this.sink.close();
    return end;
  }

  private async line(value: unknown): Promise<void> {
    const text = `${JSON.stringify(value)}\n`;
    this.hash.update(text);
    await this.sink.write(text);
  }
}
