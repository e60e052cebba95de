import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { madeOnce } from './made-once.ts';

describe('madeOnce', () => {
  let parent: string;
  let folder: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'dbsync-made-once-'));
    folder = join(parent, 'deep/made');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  it('lets the first of several win, and leaves no draft', async () => {
    const winners: string[] = [];
    const make = (name: string) => async (draft: string) => {
      winners.push(name);
      await writeFile(join(draft, 'name'), name);
    };
    await Promise.all(['one', 'two', 'three'].map((name) => madeOnce(folder, make(name))));
    expect(winners).toHaveLength(3);
    expect(winners).toContain(readFileSync(join(folder, 'name'), 'utf8'));
    expect(readdirSync(join(parent, 'deep'))).toEqual(['made']);
    await madeOnce(folder, make('late'));
    expect(winners).toHaveLength(3);
  });

  it('passes on why nothing could be made, and leaves nothing half done', async () => {
    const make = async (draft: string) => {
      await writeFile(join(draft, 'half'), '');
      throw new Error('no more room');
    };
    await expect(madeOnce(folder, make)).rejects.toThrow('no more room');
    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(join(parent, 'deep'))).toEqual([]);
  });
});
