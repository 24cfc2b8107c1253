import { onEachImport } from './import-only-in.mjs';

const GLOBALS = new Set([
  ...['process', 'console', 'fetch', 'crypto', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...['globalThis', 'global', 'WebSocket'],
]);

/**
 * A pure file takes `now` and chance as arguments and returns data: no I/O, no clock, no randomness, no environment, nothing
 * asynchronous. Option: `allow`, a regular expression of the specifiers it may import.
 */
export default {
  meta: {
    type: 'problem',
    messages: {
      import: 'A pure file may not import {{name}}.',
      global: 'A pure file has no {{name}}: let the shell hand in what is needed.',
      clock: 'A pure file has no clock: take `now` as an argument.',
      chance: 'A pure file has no randomness: take it as an argument.',
      async: 'A pure file is synchronous: return data, let the shell perform it.',
    },
    schema: [{ type: 'object', properties: { allow: { type: 'string' } }, required: ['allow'], additionalProperties: false }],
  },
  create(context) {
    const allow = new RegExp(context.options[0].allow);
    const report = (messageId, name) => (node) => context.report({ node, messageId, data: { name } });
    return {
      ...onEachImport((node, specifier) => {
        if (!allow.test(specifier)) report('import', specifier)(node);
      }),
      'MemberExpression[object.name="Date"][property.name="now"]': report('clock'),
      'MemberExpression[object.name="Temporal"][property.name="Now"]': report('clock'),
      'NewExpression[callee.name="Date"][arguments.length=0]': report('clock'),
      'CallExpression[callee.name="Date"]': report('clock'),
      'MemberExpression[object.name="Math"][property.name="random"]': report('chance'),
      ':function[async=true]': report('async'),
      AwaitExpression: report('async'),
      'Program:exit'(program) {
        for (const { identifier } of context.sourceCode.getScope(program).through) {
          if (GLOBALS.has(identifier.name)) report('global', identifier.name)(identifier);
        }
      },
    };
  },
};
