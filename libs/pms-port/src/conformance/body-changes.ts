type Change = { path: string; body: unknown };

/** The body without one of its fields, for each field at any depth. A shorter list is another statement, not a lacking one. */
export function withoutEachField(body: unknown): Change[] {
  return changes(body, (parent, key) => {
    if (Array.isArray(parent)) return parent as unknown;
    const { [key]: _dropped, ...rest } = parent as Record<string, unknown>;
    return rest;
  });
}

/** The body with one of its values replaced, for each value at any depth. */
export function withEachValue(body: unknown, replacement: unknown): Change[] {
  return changes(body, (parent, key) => {
    if (Array.isArray(parent)) return parent.map((item: unknown, index) => (index === Number(key) ? replacement : item));
    return { ...parent, [key]: replacement };
  });
}

/** Fields that nobody documents, in every object. */
export function withUnknownFields(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withUnknownFields);
  if (typeof body !== 'object' || body === null) return body;
  const known = Object.entries(body).map(([key, value]) => [key, withUnknownFields(value)] as const);
  return { ...Object.fromEntries(known), aFieldThatComesNextYear: { deep: [1, 'two', null] } };
}

/** Every scalar that reads as `text` replaced. */
export function withScalar(body: unknown, text: string, replacement: unknown): unknown {
  if (Array.isArray(body)) return body.map((item) => withScalar(item, text, replacement));
  if (typeof body === 'object' && body !== null)
    return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, withScalar(value, text, replacement)]));
  return String(body) === text ? replacement : body;
}

function changes(body: unknown, change: (parent: object, key: string) => unknown): Change[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([key, value]) => [
    { path: `/${key}`, body: change(body, key) },
    ...changes(value, change).map((inner) => ({ path: `/${key}${inner.path}`, body: replaced(body, key, inner.body) })),
  ]);
}

function replaced(parent: object, key: string, value: unknown): unknown {
  if (Array.isArray(parent)) return parent.map((item: unknown, index) => (index === Number(key) ? value : item));
  return { ...parent, [key]: value };
}
