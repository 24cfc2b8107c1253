export { testClock, TestClock } from './clock.ts';
export { eventually, type EventuallyOptions } from './eventually.ts';
export { freePort } from './free-port.ts';
export { httpSink, HttpSink, type Answering, type SinkAnswer, type SinkRequest } from './http-sink.ts';
export { natsServer, NatsServer, type NatsServerOptions } from './nats-server.ts';
export { track, type OpenResource } from './open-resources.ts';
export { redisServer, RedisServer, type RedisServerOptions } from './redis-server.ts';
export { spawned, Spawned, type Exit, type SpawnOptions } from './spawned.ts';
export { sseClient, SseClient, type SseEvent, type SseOptions } from './sse-client.ts';
