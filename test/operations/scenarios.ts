import { accept, type Behaviour } from '../harness/webhook/webhook-receiver.ts';
import { COPY_ALL, IS_CURRENT, START, STOP } from './frequent-commands.ts';
import { restoreMariadb, restorePostgres } from './restore-scenarios.ts';
import type { OperatorWorld, WorldOptions } from './world.ts';

/** The state under a heading of docs/operations.md, and the commands that the page shows there, with their exit codes. */
export interface Scenario extends WorldOptions {
  play(world: OperatorWorld): Promise<void>;
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'A call is missing': copy(async ({ operate, quietly, firstId, change }) => {
    await quietly(COPY_ALL);
    const contact = firstId('mcall_contacts', '$id');
    change(
      `DELETE FROM mcall_transactions WHERE contact_id = '${contact}'`,
      `DELETE FROM mcall_contacts WHERE "$id" = '${contact}'`,
    );
    await operate(`dbsync explain ${contact}`, 5);
    await operate('dbsync verify', 5);
    await operate('dbsync verify --repair');
  }),
  'A record is a dead letter': copy(async ({ operate, quietly, until, simulator }) => {
    await quietly(COPY_ALL);
    const [changed] = simulator.activity.step(1, 'transaction');
    simulator.faults.set([{ kind: 'poison', status: 400, ids: [String(changed?.contactId)], endpoint: 'contacts' }]);
    await quietly(START);
    await until('dbsync dead-letters list', /^1 dead letter/m);
    await operate('dbsync dead-letters list');
    simulator.faults.clear();
    await operate('dbsync dead-letters replay --all');
    await until('dbsync dead-letters list', /^0 dead letters/m);
    await operate('dbsync dead-letters list');
  }),
  "Numbers differ from the provider's": copy(async ({ operate, quietly, firstId, change }) => {
    await quietly(COPY_ALL);
    const contact = firstId('mcall_contacts', '$id');
    change(`UPDATE mcall_contacts SET "$status" = 'by hand' WHERE "$id" = '${contact}'`);
    await operate('dbsync verify --deep', 5);
    await operate('dbsync verify --deep --repair');
    await operate('dbsync refetch --since 2026-10-30');
  }),
  'It is slow, or behind': copy(async ({ operate, quietly }) => {
    await quietly(COPY_ALL);
    await quietly(START);
    await operate('dbsync status');
  }),
  'It stopped': copy(async ({ operate, quietly, setOptions }) => {
    await quietly(COPY_ALL);
    setOptions({ DBSYNC_KEEP_LOGS: '30days' });
    await quietly(START);
    await operate(IS_CURRENT, 7);
    await operate('journalctl -o cat -n 2 _SYSTEMD_UNIT=dbsync@CAMPAIGN.service');
    await operate("sed -i.before 's/^DBSYNC_KEEP_LOGS=.*/DBSYNC_KEEP_LOGS=30d/' /etc/dbsync/CAMPAIGN.env");
    await operate('dbsync doctor');
    await operate(START);
    await operate(IS_CURRENT);
  }),
  'The disk is full': copy(async ({ operate, quietly, disk, until, simulator }) => {
    await quietly(COPY_ALL);
    await quietly(START);
    disk.fill();
    simulator.activity.step(1, 'transaction');
    await until('dbsync status', /SQLITE_FULL/);
    await operate('dbsync status | head -n 3');
    disk.free();
    await until('dbsync status', /^Current: (?!.*SQLITE_FULL)/s);
    await operate(IS_CURRENT);
  }),
  'Stopping and starting': copy(async ({ operate, quietly }) => {
    await quietly(COPY_ALL);
    await quietly(START);
    await operate(STOP);
    await operate('journalctl -o cat -n 9 _SYSTEMD_UNIT=dbsync@CAMPAIGN.service | head -n 2');
    await operate(IS_CURRENT, 7);
    await operate(START);
    await operate(IS_CURRENT);
  }),
  'Moving to another machine': copy(async ({ operate, quietly, goToOther }) => {
    await quietly(COPY_ALL);
    await quietly(START);
    await operate('systemctl disable --now dbsync@CAMPAIGN');
    await operate('rsync -a /var/lib/dbsync/ db2:/var/lib/dbsync/');
    goToOther();
    await operate('npm install --global @dbsync/cli @dbsync/sink-sqlite');
    await operate('dbsync --version');
    await operate('dbsync plan');
    await operate('dbsync service install');
    await operate('dbsync status | head -n 4');
  }),
  'Moving the outbox of webhook mode': deliveries(
    async ({ operate, quietly, receiver, until, goToOther, simulator }) => {
      await quietly(START);
      await until('dbsync deliveries', /Nothing waits/);
      receiver.behave(answer(503, 'down for maintenance'));
      simulator.activity.step(1, 'transaction');
      await until('dbsync deliveries', /HTTP 503/);
      await operate('systemctl disable --now dbsync@CAMPAIGN');
      await operate('ls /var/lib/dbsync');
      await operate('rsync -a /var/lib/dbsync/ db2:/var/lib/dbsync/');
      goToOther();
      await operate('dbsync plan --mode webhook');
      receiver.behave(accept);
      await operate('dbsync service install --mode webhook');
      await until('dbsync deliveries', /Nothing waits/);
      await operate('dbsync deliveries | head -n 4');
    },
  ),
  Upgrading: copy(async ({ operate, quietly, simulator }) => {
    await quietly(COPY_ALL);
    await quietly(START);
    await operate(STOP);
    simulator.activity.step(1, 'new-field');
    await operate('npm install --global @dbsync/cli@latest @dbsync/sink-sqlite@latest');
    await operate('dbsync --version');
    await operate('dbsync plan', 5);
    await operate(START);
    await operate(IS_CURRENT);
  }),
  'Restoring a backup': copy(async ({ operate, quietly, simulator }) => {
    await quietly(COPY_ALL);
    await operate("sqlite3 /var/lib/dbsync/copy.db '.backup /var/backups/copy.db'");
    simulator.activity.step(10, 'transaction');
    await quietly(COPY_ALL);
    await quietly(START);
    await operate(STOP);
    await operate("sqlite3 /var/lib/dbsync/copy.db '.restore /var/backups/copy.db'");
    await operate(START);
    await operate(IS_CURRENT);
    await operate('dbsync verify');
  }),
  'Restoring a backup of PostgreSQL': { mode: 'db_sync', database: 'postgres', play: restorePostgres },
  'Restoring a backup of MariaDB or MySQL': { mode: 'db_sync', database: 'mariadb', play: restoreMariadb },
  'Many campaigns': copy(async ({ operate, quietly, copyAnother }) => {
    await quietly(COPY_ALL);
    await copyAnother();
    await quietly(START);
    await operate('dbsync status --all', 7);
  }),
  'A receiver takes no deliveries': deliveries(async ({ operate, quietly, receiver, until, setOptions, simulator }) => {
    // No attempt is due by itself while the commands run.
    setOptions({ DBSYNC_WEBHOOK_BACKOFF: '1h' });
    await quietly(START);
    simulator.activity.step(1, 'transaction');
    await until('dbsync deliveries', /Accepted so far: 1/);
    receiver.behave(answer(410, 'no such customer'));
    simulator.activity.step(1, 'transaction');
    await until('dbsync dead-letters list', /^1 dead letter/m);
    receiver.behave(answer(503, 'down for maintenance'));
    simulator.activity.step(1, 'transaction');
    await until('dbsync deliveries', /HTTP 503/);
    await operate('dbsync deliveries --failed');
    await operate('dbsync webhook test | tail -n 4', 3);
    receiver.behave(accept);
    await operate('dbsync deliveries retry --all');
    await until('dbsync deliveries', /Nothing waits/);
    await operate('dbsync dead-letters list');
    await operate('dbsync dead-letters replay --all');
    await until('dbsync dead-letters list', /^0 dead letters/m);
    await until('dbsync deliveries', /Nothing waits/);
    await operate('dbsync deliveries replay --since 2026-10-30');
    await until('dbsync deliveries', /Nothing waits/);
    await operate('dbsync deliveries | head -n 4');
  }),
  'A person asks for erasure': copy(async ({ operate, quietly, firstId }) => {
    await quietly(COPY_ALL);
    await operate(`dbsync forget ${firstId('mcall_contacts', '$id')}`);
  }),
};

function copy(play: Scenario['play']): Scenario {
  return { mode: 'db_sync', play };
}

function deliveries(play: Scenario['play']): Scenario {
  return { mode: 'webhook', play };
}

function answer(status: number, text: string): Behaviour {
  return (response) => {
    response.statusCode = status;
    response.end(text);
  };
}
