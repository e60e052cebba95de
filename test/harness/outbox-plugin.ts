import { createOutbox } from '@dbsync/core';
import type { CreateSink } from '@dbsync/core/contract';

/** Creates an outbox as if it were a plugin, so that a process with one can be killed. */
export const createSink: CreateSink = ({ address }) => createOutbox({ file: address.path, ballastBytes: 0 }).store;
