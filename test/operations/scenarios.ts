import type { OperatorWorld } from './world.ts';

/** The state of a copy under a heading of docs/operations.md, and the commands that the page shows there, with their exit codes. */
export const SCENARIOS: Readonly<Record<string, (world: OperatorWorld) => Promise<void>>> = {
  'A call is missing': async ({ operate, copyAll, firstId, change }) => {
    await copyAll();
    const contact = firstId('mcall_contacts', '$id');
    change(
      `DELETE FROM mcall_transactions WHERE contact_id = '${contact}'`,
      `DELETE FROM mcall_contacts WHERE "$id" = '${contact}'`,
    );
    await operate(`dbsync explain ${contact}`, 5);
    await operate('dbsync verify', 5);
    await operate('dbsync verify --repair');
    await operate('dbsync dead-letters list');
  },
  "Numbers differ from the provider's": async ({ operate, copyAll, firstId, change }) => {
    await copyAll();
    const contact = firstId('mcall_contacts', '$id');
    change(`UPDATE mcall_contacts SET "$status" = 'by hand' WHERE "$id" = '${contact}'`);
    await operate('dbsync verify --deep', 5);
    await operate('dbsync verify --deep --repair');
    await operate('dbsync refetch --since 2026-10-30');
  },
  'It is slow, or behind': async ({ operate, copyAll, startDaemon }) => {
    await copyAll();
    using _daemon = await startDaemon();
    await operate('dbsync status');
  },
  'It stopped': async ({ operate, copyAll, startDaemon }) => {
    await copyAll();
    await operate('dbsync status', 7);
    await operate('dbsync doctor');
    using _daemon = await startDaemon();
    await operate('dbsync status');
  },
  'The disk is full': async ({ operate, copyAll, disk, startDaemon, untilTrouble, simulator }) => {
    await copyAll();
    using daemon = await startDaemon();
    disk.fill();
    simulator.activity.step(1, 'transaction');
    await untilTrouble(daemon, 'SQLITE_FULL');
    await operate('dbsync status');
    disk.free();
    await untilTrouble(daemon, null);
    await operate('dbsync status');
  },
  'Moving to another machine': async ({ operate, copyAll, startDaemon }) => {
    await copyAll();
    await operate('dbsync plan');
    using _daemon = await startDaemon();
    await operate('dbsync status');
  },
  Upgrading: async ({ operate, copyAll, simulator, startDaemon }) => {
    await copyAll();
    simulator.activity.step(1, 'new-field');
    await operate('dbsync plan', 5);
    using _daemon = await startDaemon();
    await operate('dbsync status');
  },
  'Restoring a backup': async ({ operate, copyAll, backUp, restore, simulator, startDaemon }) => {
    await copyAll();
    backUp();
    simulator.activity.step(10, 'transaction');
    await copyAll();
    restore();
    using _daemon = await startDaemon();
    await operate('dbsync status');
    await operate('dbsync verify');
  },
  'Many campaigns': async ({ operate, copyAll, copyAnother, startDaemon }) => {
    await copyAll();
    await copyAnother();
    using _daemon = await startDaemon();
    await operate('dbsync status --all', 7);
  },
  'A receiver takes no deliveries': async ({ operate }) => {
    await operate('dbsync webhook test --url http://127.0.0.1:9/hook', 3);
  },
  'A person asks for erasure': async ({ operate, copyAll, firstId }) => {
    await copyAll();
    await operate(`dbsync forget ${firstId('mcall_contacts', '$id')}`);
  },
};
