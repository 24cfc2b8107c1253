/** D:index.html.md, "Rate limits": both hold at once. */
export const WINDOW_MS = 10_000;
export const CALLS_PER_ADDRESS = 15;
export const CALLS_PER_ACCOUNT = 20;
