import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../../../test/harness/command/command-run.ts';
import { createMemoryPlugin } from '../../../../test/harness/command/memory-plugin.ts';
import { allCommands } from '../commands/commands.js';

const plugin = createMemoryPlugin();
afterAll(() => plugin[Symbol.dispose]());

describe('the help', () => {
  it.each([['-h'], ['--help'], ['help']])(
    'fits two screens of 80 columns, an example for each mode: %s',
    async (word) => {
      using run = runCommand([word, '--plugin-dir', plugin.folder]);
      expect(await run.ended).toBe(0);
      const lines = run.stdout().trimEnd().split('\n');
      expect(lines.length).toBeLessThanOrEqual(48);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      for (const mode of ['db_init', 'db_update', 'db_sync', 'webhook']) {
        expect(run.stdout()).toContain(`    dbsync --a ${mode} --c CAMPAIGN --ct TOKEN --url `);
      }
      expect(run.stdout()).toContain('memory');
      expect(run.stdout()).toContain('dbsync help options');
      expect(run.stderr()).toBe('');
      expect(plugin.wasImported()).toBe(false);
    },
  );

  it('names all options of a run, with those of installed sinks; no sink is imported', async () => {
    using run = runCommand(['help', 'options', '--plugin-dir', plugin.folder]);
    expect(await run.ended).toBe(0);
    expect(run.stdout()).toContain('--memory-key');
    expect(run.stdout()).not.toContain('--memory-table-prefix');
    for (const part of ['What to copy:', '--token, --ct', 'Exit codes: 0 done']) expect(run.stdout()).toContain(part);
    expect(plugin.wasImported()).toBe(false);
  });

  it('shows the options of the sink of a scheme alone', async () => {
    using run = runCommand(['help', 'memory', '--plugin-dir', plugin.folder]);
    expect(await run.ended).toBe(0);
    expect(run.stdout()).toContain('--memory-key');
    expect(run.stdout().replace(/\s+/g, ' ')).toContain('?NAME=VALUE in the place of --memory-NAME VALUE');
    expect(run.stdout()).not.toContain('--campaign,');
  });

  it('refuses a word that is no page, and names the nearest', async () => {
    using run = runCommand(['help', 'verfy']);
    expect(await run.ended).toBe(2);
    expect(run.stdout()).toContain('CLI_WORD_UNEXPECTED: The help has no page for this word of 5 letters.');
    expect(run.stdout()).toContain('Did you mean dbsync help verify? Pages: options, verify');
  });

  it.each(allCommands().flatMap(({ name, actions }) => (actions === undefined ? [] : [[name, actions] as const])))(
    '%s takes the actions that the help names: %j',
    async (name, actions) => {
      using run = runCommand([name, 'no-such-action']);
      expect(await run.ended).toBe(2);
      expect(run.stdout()).toContain(`Actions: ${actions.join(', ')}.`);
    },
  );

  it('explains dead-letters by itself', async () => {
    using run = runCommand(['dead-letters', '--help']);
    expect(await run.ended).toBe(0);
    expect(run.stdout()).toContain('dead-letters replay KEY...|--all');
    expect(run.stdout()).not.toContain('--webhook-rate');
  });
});
