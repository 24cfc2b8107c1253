export { PermitStore, type FirstUse, type PermitStoreOptions } from './permit-store.ts';
export {
  CALL_DEADLINE_MS,
  HOLD_MS,
  SEND_WITHIN_MS,
  type Permit,
  type PermitAnswer,
  type Permits,
  type Scope,
  type Wanted,
} from './permits.ts';
