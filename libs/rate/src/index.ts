export { LANES, type Lane } from './core/lanes.ts';
export { LIVE_HEADROOM, PermitStore, type FirstUse, type PermitStoreOptions } from './permit-store.ts';
export {
  CALL_DEADLINE_MS,
  HOLD_MS,
  SEND_WITHIN_MS,
  type Permit,
  type PermitAnswer,
  type Permits,
  type Scope,
  type Usage,
  type Wanted,
} from './permits.ts';
