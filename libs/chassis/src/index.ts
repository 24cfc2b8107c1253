export {
  COMMON,
  EGRESS_ID,
  environmentTable,
  parseEnvironment,
  type Environment,
  type Shape,
  type Variable,
} from './environment.ts';
export { given } from './given.ts';
export { note, type Reply, type Request } from './http.ts';
export { ROOMWIRE_VARIABLES, SCRIPT_VARIABLES } from './known-variables.ts';
export { documentOf, Problem } from './problem.ts';
export { connectRedis, openRedis } from './redis.ts';
export { runService, type Build, type NatsAccess, type Parts, type Service } from './service.ts';
