import { describe, expect, it } from 'vitest';
import { repositoryFiles } from './source-files.ts';

const files = repositoryFiles();
const textOf = (path: string) => files.find((file) => file.path === path)?.text ?? '';

describe('README.md', () => {
  it('shows both commands and what they print on its first screen', () => {
    const firstScreen = textOf('README.md').split('\n').slice(0, 60).join('\n');
    for (const shown of ['git clone', 'npm run demo', 'docs/demo.svg', 'npm test', 'passed, 0 failed'])
      expect(firstScreen).toContain(shown);
  });
});

describe('the pages that show how to start', () => {
  const pages = ['README.md', 'packages/cli/README.md'];

  it.each(pages)('%s gives the token by a file, never on the command line', (path) => {
    expect(textOf(path)).toContain('--token-file');
    expect(textOf(path)).not.toMatch(/^dbsync .*--(?:ct|token) /m);
  });
});

describe('docs/architecture.md', () => {
  const page = textOf('docs/architecture.md');

  it('walks the way of a contact in ten steps, each with its file', () => {
    const walk = page.split(/^## /m).find((section) => section.startsWith('The way of a contact')) ?? '';
    const steps = walk.match(/^\d+\. .*(?:\n {2,}.*)*/gm) ?? [];
    expect(steps.map((step) => Number.parseInt(step, 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const step of steps) expect(step).toMatch(/\]\(\.\.\/packages\/[^)]+\.ts\)/);
    for (const step of steps) expect(step).toMatch(/^ {3}\*Error exit\*: /m);
  });

  it('has one diagram', () => {
    expect(page.match(/^```mermaid$/gm)).toHaveLength(1);
  });
});

describe('docs/correctness.md', () => {
  const sections = textOf('docs/correctness.md').split(/^## /m);
  const sectionOf = (title: string) => sections.find((section) => section.startsWith(title)) ?? '';

  it.each(['State by event: a message', 'State by event: a claim'])('has a full table %s', (title) => {
    const rows = sectionOf(title)
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split(' | ').map((cell) => cell.trim()));
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      expect(row).toHaveLength(rows[0]?.length ?? 0);
      expect(row).not.toContain('');
    }
  });

  it('names what no test shows', () => {
    expect(sectionOf('Gaps').match(/^- \*\*/gm)?.length).toBeGreaterThan(3);
  });
});

describe('docs/adr', () => {
  const records = files.filter(({ path }) => /^docs\/adr\/\d/.test(path));

  it('numbers its records without a gap, and its index lists each with its title', () => {
    expect(records.length).toBeGreaterThan(0);
    const index = textOf('docs/adr/README.md');
    for (const [position, { path, text }] of records.entries()) {
      const number = String(position + 1).padStart(4, '0');
      const name = path.slice('docs/adr/'.length);
      const title = /^# (\d{4} .+)$/m.exec(text)?.[1] ?? '';
      expect(name.startsWith(`${number}-`), name).toBe(true);
      expect(title.startsWith(`${number} `), name).toBe(true);
      expect(index).toContain(`[${title}](${name})`);
    }
  });
});
