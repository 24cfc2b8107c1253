const MASK = '[masked]';
/** Names under which a secret stands in somebody's JSON; rather one too many than one too few. */
const SECRET =
  /pass(?:word|wd|phrase|code)?$|secret|token|authori[sz]ation|cookie|credential|signature|api[-_]?key|(?:access|private|encryption)[-_]?key|^key$|pin$|(?:door|lock|access)[-_]?code|card[-_]?number|cvv|cvc|iban/i;

/** A copy in which whatever stands under a secret's name is masked, at any depth. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value === 'string') return value.replace(/\/\/[^/@\s]*:[^/@\s]*@/g, `//${MASK}@`);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isSecret(name, inner) ? MASK : maskSecrets(inner)]),
  );
}

/** Whether something is there is worth seeing; what it is is not. */
function isSecret(name: string, value: unknown): boolean {
  return SECRET.test(name) && value !== null && value !== '' && typeof value !== 'boolean';
}
