export { startFloor, type FloorOptions } from './floor.ts';
export { measure, warmUp, type Measured, type MeasureOptions } from './measure.ts';
export { checkPins } from './pins.ts';
export { startProduct, type ProductOptions } from './product.ts';
export { cpuOf, medianOf, measureInTurn, ratioOf, rssOf, type AtRate, type RoundOptions } from './rounds.ts';
export { FLOOR_REACHES, isSustained, reaches } from './sustained.ts';
export type { Door, Process, Running } from './target.ts';
export { TARGETS, verdictOf, type Figures, type Verdict } from './verdict.ts';
