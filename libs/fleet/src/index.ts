export { Fleet } from './fleet.ts';
export { followRooms } from './live.ts';
export type { Backends, Replica, ServiceName } from './services.ts';
