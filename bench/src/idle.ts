export async function idleCost(_: { signal: AbortSignal; say: (line: string) => void }): Promise<string> {
  return '';
}
