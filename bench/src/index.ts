export { startFloor, type FloorOptions } from './floor.ts';
export { measure, warmUp, type Measured, type MeasureOptions } from './measure.ts';
export { startProduct, type ProductOptions } from './product.ts';
export type { Door, Process, Running } from './target.ts';
