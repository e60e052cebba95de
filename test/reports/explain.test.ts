import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { hasPeriod, reportQuestions, withDays } from '../../scripts/report-questions.ts';
import { dbsync } from '../harness/command/copy-commands.ts';
import { ENGINES, openTargets } from '../harness/targets.ts';
import { narrowedBy, planOf } from './query-plan.ts';

/** A question that people ask of the tables, by the end of the name of the index that answers it. */
const QUESTIONS: Readonly<Record<string, string>> = {
  transactions_fired: 'SELECT count(*) FROM mcall_transactions WHERE fired >= :from AND fired < :to',
  transactions_by_contact: "SELECT fired FROM mcall_transactions WHERE contact_id = 'A1' ORDER BY fired",
  connections_started: 'SELECT count(*) FROM mcall_connections WHERE started >= :from AND started < :to',
  connections_by_contact: "SELECT id FROM mcall_connections WHERE contact_id = 'A1'",
  connections_by_user: `SELECT id FROM mcall_connections WHERE "user" = 'agent.1' AND started >= :from AND started < :to`,
  recordings_by_contact: "SELECT location FROM mcall_recordings WHERE contact_id = 'A1'",
  inbound_calls_started: 'SELECT count(*) FROM mcall_inbound_calls WHERE started >= :from AND started < :to',
  inbound_calls_by_number: "SELECT id FROM mcall_inbound_calls WHERE remote_number = '+4930123'",
  contacts_phone: `SELECT "$id" FROM mcall_contacts WHERE "$phone" = '+4930123'`,
  contacts_follow_up: 'SELECT "$id" FROM mcall_contacts WHERE "$follow_up_date" >= :from AND "$follow_up_date" < :to',
  contacts_status: `SELECT "$id" FROM mcall_contacts WHERE "$status" = 'never seen'`,
  contacts_changed: 'SELECT "$id" FROM mcall_contacts WHERE "$changed" >= :to',
  transactions_changed: 'SELECT id FROM mcall_transactions WHERE "$changed" >= :to',
  connections_changed: 'SELECT id FROM mcall_connections WHERE "$changed" >= :to',
  recordings_changed: 'SELECT id FROM mcall_recordings WHERE "$changed" >= :to',
  inbound_calls_changed: 'SELECT id FROM mcall_inbound_calls WHERE "$changed" >= :to',
};

/** The indexes of each report, by the ends of their names. docs/reports.md says why some have no index of time. */
const REPORTS: Readonly<Record<string, readonly string[]>> = {
  'calls-by-day': ['connections_started'],
  'calls-by-hour': ['connections_started'],
  'outcomes-by-task': ['connections_started'],
  branches: ['connections_started'],
  billing: ['connections_started'],
  'missing-recordings': ['connections_started'],
  'inbound-by-line': ['inbound_calls_started'],
  'attempts-by-status': ['transactions_by_contact'],
  'follow-ups': ['transactions_by_contact'],
  'untouched-contacts': ['transactions_by_contact', 'contacts_status'],
  agents: ['transactions_fired', 'connections_started'],
  'agents-busy-hours': ['transactions_fired', 'connections_started'],
};

it('each report without a period, or without an index, has its reason in docs/reports.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/reports.md'), 'utf8');
  const questions = reportQuestions();
  expect(questions.map(({ name }) => name).toSorted()).toEqual(Object.keys(REPORTS).toSorted());
  for (const { name, query } of questions) {
    const isBounded = REPORTS[name]?.some((index) => index.endsWith('_started')) ?? false;
    expect(hasPeriod(query), name).toBe(isBounded);
    expect(page.includes(`| \`${name}\` |`), name).toBe(!isBounded);
  }
});

for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`R39 ${engine}: each question is answered by its index, and so is each report that can be`, async () => {
    const simulator = await startSimulator({ contacts: 400, inboundCalls: 100, historyDays: 90 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
    expect(await dbsync(simulator, target, ['views', 'install'])).toMatchObject({ code: 0 });
    const spelled = (query: string) =>
      engine === 'mariadb' || engine === 'mysql' ? query.replaceAll('"', '`') : query;
    for (const [index, question] of Object.entries(QUESTIONS)) {
      const text = question.replaceAll(':from', "'2027-01-01'").replaceAll(':to', "'2027-01-02'");
      expect(await planOf(engine, target.url, spelled(text)), index).toContain(`mcall_${index}`);
    }
    const dayBefore = (days: number) => new Date(simulator.historyEndMs - days * 86_400_000).toISOString().slice(0, 10);
    for (const { name, query } of reportQuestions()) {
      const plan = await planOf(engine, target.url, withDays(query, { first: dayBefore(4), end: dayBefore(2) }));
      for (const index of REPORTS[name] ?? []) {
        // Most contacts are open, so an engine may read all contacts all the same.
        const isChoice = index === 'contacts_status';
        expect(plan, name).toMatch(isChoice ? `mcall_${index}` : narrowedBy(engine, `mcall_${index}`));
      }
    }
  });
}
