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
    const filtered = grafanaQuery('SELECT 1\nFROM mcall_v_calls\nWHERE task IS NOT NULL\nORDER BY 1');
    expect(filtered).toBe(
      `SELECT 1\nFROM ${PREFIX}v_calls\nWHERE task IS NOT NULL AND $__timeFilter(started_at)\nORDER BY 1`,
    );
    expect(grafanaQuery('SELECT 1\nFROM mcall_v_inbound\nORDER BY 1')).toBe(
      `SELECT 1\nFROM ${PREFIX}v_inbound\nWHERE $__timeFilter(started_at)\nORDER BY 1`,
    );
    expect(grafanaQuery('SELECT 1\nFROM mcall_v_contacts_now')).toBe(`SELECT 1\nFROM ${PREFIX}v_contacts_now`);
  });
});
