import { issueTicket, readTicket, TICKET_MS } from './ticket.ts';

const key = 'k'.repeat(32);
const grant = { tenant: 't1', credential: '0123456789abcdef' };

describe('tickets', () => {
  it('stand for tenant and credential for one minute, and not a millisecond more', () => {
    const { ticket, expiresAt } = issueTicket(grant, key, 1_000);

    expect(expiresAt).toBe(new Date(1_000 + TICKET_MS).toISOString());
    expect(readTicket(ticket, key, 1_000 + TICKET_MS - 1)).toEqual(grant);
    expect(readTicket(ticket, key, 1_000 + TICKET_MS)).toBeUndefined();
  });

  it('cannot be made without the key, nor changed', () => {
    const { ticket } = issueTicket(grant, key, 0);
    const [, signature] = ticket.split('.');
    const forged = Buffer.from(JSON.stringify({ t: 't2', c: grant.credential, e: TICKET_MS })).toString('base64url');

    expect(readTicket(ticket, 'x'.repeat(32), 0)).toBeUndefined();
    expect(readTicket(`${forged}.${signature}`, key, 0)).toBeUndefined();
  });

  it.each(['', '.', 'a.b', 'a.b.c', '..', 'x'.repeat(10_000)])('answers nothing for %j', (text) => {
    expect(readTicket(text, key, 0)).toBeUndefined();
  });
});
