export { type ConformanceCase, type Need, NeedNotMet } from './conformance-case.js';
export type { EndpointCase } from './endpoint-case.js';
export {
  type EndpointBehindProxy,
  type EndpointSubject,
  type EndpointTarget,
  type ReceivedMessage,
  wrapEndpoints,
} from './endpoint-subject.js';
export { createMemoryEndpoint } from './memory/memory-endpoint.js';
export { createMemoryInbox, type MemoryInbox } from './memory/memory-inbox.js';
export { createMemoryStore } from './memory/memory-store.js';
export { createMemoryTarget, type MemoryTarget, rowsOfMessages } from './memory/memory-target.js';
export { receivedMessage } from './received-messages.js';
export { ConformanceError, type ConformanceReport } from './run-cases.js';
export { endpointCases, runEndpointConformance } from './run-endpoint-conformance.js';
export { runStoreConformance, storeCases } from './run-store-conformance.js';
export * from './samples/sample-contacts.js';
export { sampleMessage, sampleMessages } from './samples/sample-messages.js';
export type { StoreCase } from './store-case.js';
export {
  type LookedAt,
  type LosablePart,
  type PluginInChild,
  type ServerBehindProxy,
  type StoredRow,
  type StoreSubject,
  type StoreTarget,
  type TargetDamage,
  wrapSinks,
} from './store-subject.js';
