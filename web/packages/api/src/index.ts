// The server as the pages use it.
export * as account from './account';
export * as agents from './agents';
export * as evaluation from './evaluation';
export { onSessionEnd } from './client';
export { ApiFailure, failureOf, offlineFailure, type FieldErrors } from './failure';
export * as market from './market';
export * from './shapes';
