/** What somebody has to set at a provider so that it calls the webhook address; `secret` stands where a secret belongs, which is never printed. */
const TEXTS: Record<string, (address: string) => string[]> = {
  hostaway: (address) => [`unified webhook: ${address}`, 'login and password: those of the webhook secret'],
  beds24: (address) => [
    `booking webhook, version 2, with personal data: ${address}`,
    'a custom header: the webhook secret’s login is its name, the password its value',
  ],
  smoobu: (address) => [`settings for developers, webhook address: ${address}?key=<the webhook secret’s key>`],
  cloudbeds: (address) => [`one subscription an event, each to: ${address}?key=<the webhook secret’s key>`],
  mews: (address) => [`general webhook: ${address}?Token=<the webhook secret’s key>`],
  internal: (address) => [`the app posts to: ${address}`, 'signed as Standard Webhooks are, with the webhook secret’s key'],
};

export function webhookAdvice(provider: string, address: string, hasSecret: boolean): string[] {
  const lines = TEXTS[provider]?.(address) ?? [];
  return hasSecret ? lines : [...lines, 'no webhook secret yet: until there is one every webhook is answered 401'];
}
