// Server-sent events over fetch: reading them from bytes, and following a stream that may break, be buffered or be refused.
export { SseReader, type SseEvent } from './reader';
export { Follower, backoffMs, realClock, RECONNECT_MS_MAX, SILENCE_MS_MAX, STREAM_AGAIN_MS, type Clock, type FollowOptions } from './follow';
