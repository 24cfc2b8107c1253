import { callSpan, pathTemplate } from './call-span.ts';

describe('pathTemplate', () => {
  it.each([
    ['/v1/reservations/4711?includeResources=1', ['4711'], '/v1/reservations/{id}'],
    ['/v1/conversations/12/messages/34', ['12:34'], '/v1/conversations/{id}/messages/{id}'],
    ['/reservation/abcdef', ['abcdef'], '/reservation/{id}'],
    ['/reservation/a%20b', ['a b'], '/reservation/{id}'],
    ['/v1/accessTokens?scope=general', [], '/v1/accessTokens'],
    ['/hooks/9f8e7d6c5b4a/status', [], '/hooks/{id}/status'],
    ['/users/ada@lovelace.example', [], '/users/{id}'],
  ])('leaves the ids out of %s', (path, ids, template) => {
    expect(pathTemplate(path, ids)).toBe(template);
  });
});

describe('callSpan', () => {
  it('tells where to, and nothing of what', () => {
    const request = { method: 'GET', path: '/v1/reservations/4711?token=pl4nted', operation: 'reservation', ids: ['4711'] };

    expect(callSpan('hostaway', 'https://user:pl4nted@api.example/base', request)).toEqual({
      name: 'GET /v1/reservations/{id}',
      kind: 'client',
      attributes: {
        'http.request.method': 'GET',
        'url.template': '/v1/reservations/{id}',
        'server.address': 'api.example',
        'server.port': 443,
        'roomwire.provider': 'hostaway',
        'roomwire.operation': 'reservation',
      },
    });
  });
});
