export { Fleet, type FleetOptions } from './fleet.ts';
export { followRooms } from './live.ts';
export { SERVICES, type Backends, type Replica, type ServiceName } from './services.ts';
export { Supervised } from './supervise.ts';
