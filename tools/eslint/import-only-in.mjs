/**
 * "Only these files know that package." Options: `[{ import, only, message }]`, where `import` and `only` are regular expressions
 * over the specifier and over the file's path from the root of the repository (always with `/`).
 * One rule with a list, because ESLint's own `no-restricted-imports` can be set once per file and would hide the earlier setting.
 */
export default {
  meta: {
    type: 'problem',
    messages: { forbidden: '{{specifier}} is not for this file: {{message}}' },
    schema: [
      {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            import: { type: 'string' },
            in: { type: 'string' },
            only: { type: 'string' },
            message: { type: 'string' },
          },
          required: ['import', 'message'],
          additionalProperties: false,
        },
      },
    ],
  },
  create(context) {
    const path = pathFromRoot(context);
    const active = context.options[0]
      .filter((limit) => (!limit.in || new RegExp(limit.in).test(path)) && !(limit.only && new RegExp(limit.only).test(path)))
      .map((limit) => ({ pattern: new RegExp(limit.import), message: limit.message }));
    if (active.length === 0) return {};

    return onEachImport((node, specifier) => {
      const hit = active.find(({ pattern }) => pattern.test(specifier));
      if (hit) context.report({ node, messageId: 'forbidden', data: { specifier, message: hit.message } });
    });
  },
};

export function pathFromRoot(context) {
  return context.filename.slice(context.cwd.length + 1).replaceAll('\\', '/');
}

/** Every way a module is named: import, export … from, and import(). A type import counts: it is an arrow of the design too. */
export function onEachImport(visit) {
  const check = (node) => node.source?.type === 'Literal' && visit(node, String(node.source.value));
  return {
    ImportDeclaration: check,
    ExportNamedDeclaration: check,
    ExportAllDeclaration: check,
    ImportExpression: check,
  };
}
