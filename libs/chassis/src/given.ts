import type { Type } from '@nestjs/common';

/**
 * A controller that was made by hand, in the form in which Nest takes it: `controllers: [given(new ReadController(store))]`. Nest
 * makes controllers itself, from what it can inject, and passes over a provider of the same class.
 */
export function given<T extends object>(controller: T): Type<T> {
  const made = controller.constructor as Type<T>;
  // Path and patterns are inherited metadata; only that there is nothing to inject is its own.
  const handed = function () {
    return controller;
  };
  Object.setPrototypeOf(handed, made);
  Object.defineProperties(handed, { name: { value: made.name }, prototype: { value: Reflect.get(made, 'prototype') as object } });
  Reflect.defineMetadata('design:paramtypes', [], handed);
  return handed as unknown as Type<T>;
}
