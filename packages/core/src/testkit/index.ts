export { createMemoryStore } from './memory-store.js';
export { createMemoryTarget, type MemoryTarget, rowsOfMessages } from './memory-target.js';
export { ConformanceError, type ConformanceReport, runStoreConformance, storeCases } from './run-store-conformance.js';
export * from './sample-contacts.js';
export { NeedNotMet, type StoreCase } from './store-case.js';
export {
  type Need,
  type PluginInChild,
  type ServerBehindProxy,
  type StoredRow,
  type StoreSubject,
  type StoreTarget,
  wrapSinks,
} from './store-subject.js';
