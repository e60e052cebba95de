import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dashboardFiles, grafanaQuery } from '../../scripts/print-dashboards.ts';
import { reportQuestions } from '../../scripts/report-questions.ts';
import { repositoryRoot } from './source-files.ts';

const PREFIX = `\${prefix:raw}`;

describe('the dashboards and questions of the examples', () => {
  it.each(Object.entries(dashboardFiles()))(
    'examples/%s is made from examples/reports (else run `node scripts/print-dashboards.ts`)',
    (path, made) => {
      expect(JSON.parse(readFileSync(join(repositoryRoot, 'examples', path), 'utf8'))).toEqual(made);
    },
  );

  it('have every report, each with its question', () => {
    const questions = reportQuestions();
    expect(questions).toHaveLength(12);
    for (const { question } of questions) expect(question).toMatch(/^[A-Z].*\?$/);
  });

  it('limit a query to the time range where its view has times, and take the prefix of the tables', () => {
    const started = "WHERE started_day >= '2026-10-01' AND started_day < '2026-11-01'";
    const bound = "started_raw >= '2026-09-30' AND started_raw < '2026-11-02'";
    const calls = `SELECT 1\nFROM mcall_v_calls\n${started}\n  AND (${bound} OR started_raw IS NULL)\n  AND task IS NOT NULL\nORDER BY 1`;
    const range = '$__timeFilter(started_at) AND ($__timeFilter(started_raw) OR started_raw IS NULL)';
    expect(grafanaQuery(calls)).toBe(
      `SELECT 1\nFROM ${PREFIX}v_calls\nWHERE ${range}\n  AND task IS NOT NULL\nORDER BY 1`,
    );
    expect(grafanaQuery(`SELECT 1\nFROM mcall_v_inbound\n${started}\n  AND ${bound}\nORDER BY 1`)).toBe(
      `SELECT 1\nFROM ${PREFIX}v_inbound\nWHERE $__timeFilter(started_at) AND $__timeFilter(started_raw)\nORDER BY 1`,
    );
    expect(grafanaQuery('SELECT 1\nFROM mcall_v_contacts_now')).toBe(`SELECT 1\nFROM ${PREFIX}v_contacts_now`);
  });
});
