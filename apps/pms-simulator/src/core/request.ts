/** What a provider was asked, as the shell took it off the wire. */
export type ApiRequest = {
  method: string;
  path: string;
  query: URLSearchParams;
  /** By lower-case name. */
  headers: Readonly<Record<string, string | undefined>>;
  /** Where it came from, as the provider sees it: the egress that x-simulated-egress names, else the peer's address. */
  address: string;
  body: string;
};

export type Answer = { status: number; body: unknown; headers?: Readonly<Record<string, string>> };

export const bearerOf = ({ headers }: ApiRequest): string => /^Bearer (.+)$/i.exec(headers['authorization'] ?? '')?.[1] ?? '';

export const formOf = ({ body }: ApiRequest): URLSearchParams => new URLSearchParams(body);

/** Undefined for what is no JSON. */
export function jsonOf({ body }: ApiRequest): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
