import type { Type } from '@nestjs/common';

/**
 * A controller that was made by hand, in the form in which Nest takes it: `controllers: [given(new ReadController(store))]`. Nest
 * makes controllers itself, from what it can inject, and passes over a provider of the same class.
 */
export function given<T extends object>(controller: T): Type<T> {
  const made = controller.constructor as Type<T>;
  // Path and patterns are inherited metadata; only that there is nothing to inject is its own.
  const handed = { [made.name]: class extends (made as Type<object>) { constructor() { return controller; } } }[made.name]!; // prettier-ignore
  Reflect.defineMetadata('design:paramtypes', [], handed);
  return handed as Type<T>;
}
