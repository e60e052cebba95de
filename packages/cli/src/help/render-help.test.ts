import { afterAll, describe, expect, it } from 'vitest';
import { runHere } from '../../../../test/harness/command/command-here.ts';
import { createMemoryPlugin } from '../../../../test/harness/command/memory-plugin.ts';
import { allCommands } from '../commands/commands.js';

const plugin = createMemoryPlugin();
afterAll(() => plugin[Symbol.dispose]());

describe('the help', () => {
  it.each([['-h'], ['--help'], ['help']])(
    'fits two screens of 80 columns, an example for each mode: %s',
    async (word) => {
      const { code, stdout } = await runHere([word, '--plugin-dir', plugin.folder], {});
      expect(code).toBe(0);
      const lines = stdout.trimEnd().split('\n');
      expect(lines.length).toBeLessThanOrEqual(48);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      for (const mode of ['db_init', 'db_update', 'db_sync', 'webhook']) {
        expect(stdout).toContain(`    dbsync --a ${mode} --c CAMPAIGN --ct TOKEN --url `);
      }
      expect(stdout).toContain('memory');
      expect(stdout).toContain('dbsync help options');
      expect(plugin.wasImported()).toBe(false);
    },
  );

  it('names all options of a run, with those of installed sinks; no sink is imported', async () => {
    const { code, stdout } = await runHere(['help', 'options', '--plugin-dir', plugin.folder], {});
    expect(code).toBe(0);
    expect(stdout).toContain('--memory-key');
    expect(stdout).not.toContain('--memory-table-prefix');
    for (const part of ['What to copy:', '--token, --ct', 'Exit codes: 0 done']) expect(stdout).toContain(part);
    expect(plugin.wasImported()).toBe(false);
  });

  it('shows the options of the sink of a scheme alone', async () => {
    const { code, stdout } = await runHere(['help', 'memory', '--plugin-dir', plugin.folder], {});
    expect(code).toBe(0);
    expect(stdout).toContain('--memory-key');
    expect(stdout.replace(/\s+/g, ' ')).toContain('?NAME=VALUE in the place of --memory-NAME VALUE');
    expect(stdout).not.toContain('--campaign,');
  });

  it('refuses a word that is no page, and names the nearest', async () => {
    const { code, stdout } = await runHere(['help', 'verfy'], {});
    expect(code).toBe(2);
    expect(stdout).toContain('CLI_WORD_UNEXPECTED: The help has no page for this word of 5 letters.');
    expect(stdout).toContain('Did you mean dbsync help verify? Pages: options, run');
  });

  it.each(allCommands().flatMap(({ name, actions }) => (actions === undefined ? [] : [[name, actions] as const])))(
    '%s takes the actions that the help names: %j',
    async (name, actions) => {
      const { code, stdout } = await runHere([name, 'no-such-action'], {});
      expect(code).toBe(2);
      expect(stdout).toContain(`Actions: ${actions.join(', ')}.`);
    },
  );

  it('explains dead-letters by itself', async () => {
    const { code, stdout } = await runHere(['dead-letters', '--help'], {});
    expect(code).toBe(0);
    expect(stdout).toContain('dead-letters replay KEY...|--all');
    expect(stdout).not.toContain('--webhook-rate');
  });
});
