import type { Terminal } from '../terminal.ts';

export type MemoryTerminal = Terminal & {
  written: { out: string; err: string; bytes: Uint8Array[]; files: Record<string, string> };
  /** As a signal would. */
  stop(): void;
};

export function memoryTerminal(
  options: { env?: Record<string, string>; files?: Record<string, string>; now?: () => number; answer?: string } = {},
): MemoryTerminal {
  const written = { out: '', err: '', bytes: [] as Uint8Array[], files: {} as Record<string, string> };
  const listeners = new Set<() => void>();
  return {
    written,
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    bytes: (data) => void written.bytes.push(data),
    env: options.env ?? {},
    readFile: async (path) => {
      const text = options.files?.[path];
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return text;
    },
    createFile: async (path) => {
      if (written.files[path] !== undefined) throw Object.assign(new Error('there is one'), { code: 'EEXIST' });
      written.files[path] = '';
      return { write: async (text) => void (written.files[path] += text), close: () => Promise.resolve() };
    },
    now: options.now ?? (() => Date.parse('2026-11-21T06:00:00Z')),
    pause: () => Promise.resolve(),
    ask: async (question) => {
      written.err += question;
      return options.answer;
    },
    onStop: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => listeners.forEach((listener) => listener()),
  };
}
