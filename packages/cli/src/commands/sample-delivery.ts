import { randomBytes } from 'node:crypto';
import type { Message } from '@dbsync/core/contract';

/** Makes a message of the shape of a call that an agent has ended. Its names say that it is a test. */
export function sampleDelivery(): Message {
  const now = new Date().toISOString();
  return {
    id: `msg_${randomBytes(16).toString('hex')}`,
    contactId: CONTACT,
    attempt: 1,
    state: 'new',
    contact: {
      $id: CONTACT,
      $ref: 'dbsync webhook test',
      $md5: 'd41d8cd98f00b204e9800998ecf8427e',
      $status: 'success',
      $phone: '+49 30 0000000',
      $created_date: now,
      name: 'Łódź & "Zürich"',
    },
    transaction: {
      id: CONTACT,
      fired: now,
      type: 'update',
      task: 'fc_test',
      user: 'dbsync',
      status: 'success',
      sequence_nr: 1,
      connections: [{ id: 'dbsync-test', fired: now, duration: 61_000, recordings: [] }],
    },
  };
}

const CONTACT = 'DBSYNC-TEST';
