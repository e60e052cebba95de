import { describe, expect, it } from 'vitest';
import { repositoryFiles } from './source-files.ts';

const files = repositoryFiles();
const textOf = (path: string) => files.find((file) => file.path === path)?.text ?? '';

describe('README.md', () => {
  it('shows both commands and what they print on its first screen', () => {
    const firstScreen = textOf('README.md').split('\n').slice(0, 60).join('\n');
    for (const shown of ['npm run demo', 'npm test', 'passed, 0 failed']) expect(firstScreen).toContain(shown);
  });
});

describe('docs/architecture.md', () => {
  const page = textOf('docs/architecture.md');

  it('walks the way of a contact in ten steps, each with its file', () => {
    const walk = page.split(/^## /m).find((section) => section.startsWith('The way of a contact')) ?? '';
    const steps = walk.match(/^\d+\. .*(?:\n {2,}.*)*/gm) ?? [];
    expect(steps.map((step) => Number.parseInt(step, 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const step of steps) expect(step).toMatch(/\]\(\.\.\/packages\/[^)]+\.ts\)/);
  });

  it('has one diagram', () => {
    expect(page.match(/^```mermaid$/gm)).toHaveLength(1);
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
