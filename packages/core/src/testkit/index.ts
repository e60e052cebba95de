export { type ConformanceCase, type Need, NeedNotMet } from './conformance-case.js';
export { createMemoryStore } from './memory-store.js';
export { createMemoryTarget, type MemoryTarget, rowsOfMessages } from './memory-target.js';
export { ConformanceError, type ConformanceReport } from './run-cases.js';
export { runStoreConformance, storeCases } from './run-store-conformance.js';
export * from './sample-contacts.js';
export type { StoreCase } from './store-case.js';
export {
  type PluginInChild,
  type ServerBehindProxy,
  type StoredRow,
  type StoreSubject,
  type StoreTarget,
  wrapSinks,
} from './store-subject.js';
