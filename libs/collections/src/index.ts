export { TransientMap, TransientSet } from './transient.ts';
