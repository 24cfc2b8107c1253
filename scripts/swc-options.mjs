/**
 * How a source file becomes JavaScript, wherever that happens (loader, jest): legacy decorators *with* metadata, or Nest boots
 * and what it injects is undefined. esbuild and tsx cannot do that.
 */
export const swcOptions = {
  swcrc: false,
  configFile: false,
  sourceMaps: 'inline',
  jsc: {
    target: 'esnext',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
};
