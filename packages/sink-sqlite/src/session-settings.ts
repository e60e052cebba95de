/**
 * The settings of every connection. `synchronous=full` makes a commit survive a power cut, and costs nothing measurable with
 * large batches. A checkpoint each 64 MB of log won in the measurements: ids are hashes, so every page of an index is hot, and
 * the cache is large (shared-memory.ts). `secure_delete` overwrites what is deleted, so an erased contact is in no free page.
 */
export const SETTINGS = `
  pragma synchronous = full;
  pragma foreign_keys = on;
  pragma wal_autocheckpoint = 16384;
  pragma temp_store = memory;
  pragma secure_delete = on;
`;
