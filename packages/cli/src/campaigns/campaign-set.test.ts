import { expect, it } from 'vitest';
import type { Failure } from '../exit-code.js';
import { createCampaignBoard } from '../reporting/campaign-board.js';
import type { CampaignRunner } from './campaign-runner.js';
import { createCampaignSet, type WantedCampaign } from './campaign-set.js';

const FAILURE: Failure = { code: 'X', message: 'no', what: null, remedy: null, exit: 2 };

/** Creates campaigns that note what happens to them, and end when the test ends them. */
function world() {
  const notes: string[] = [];
  const ends = new Map<string, (failure: Failure | null) => void>();
  const runnerOf = (name: string, print: string | null): CampaignRunner => {
    const { promise, resolve } = Promise.withResolvers<Failure | null>();
    let state: CampaignRunner['state'] = 'running';
    const end = (failure: Failure | null) => {
      if (state === 'running') state = failure === null ? 'done' : 'failed';
      resolve(failure);
    };
    ends.set(name, end);
    notes.push(`start ${name} ${print}`);
    return {
      board: createCampaignBoard({
        name,
        campaign: name,
        mode: 'db_sync',
        intervalMs: 1,
        now: () => 0,
      }),
      ended: promise,
      get state() {
        return state;
      },
      stop: async () => {
        notes.push(`stop ${name}`);
        end(null);
      },
    };
  };
  const wanted = (name: string, print: string | null): WantedCampaign => ({
    name,
    print,
    start: () => runnerOf(name, print),
  });
  return {
    set: createCampaignSet(),
    notes,
    wanted,
    end: (name: string, failure: Failure | null) => ends.get(name)?.(failure),
  };
}

it('starts what was added, stops what was removed, restarts what changed, and leaves the rest', async () => {
  const { set, notes, wanted } = world();
  await set.apply([wanted('a', '1'), wanted('b', '1'), wanted('c', '1'), wanted('d', '1')]);
  notes.splice(0);
  const changes = await set.apply([wanted('a', '1'), wanted('b', '2'), wanted('d', null), wanted('e', '1')]);
  expect(changes).toEqual({ started: ['e'], stopped: ['c'], restarted: ['b'], kept: ['d'] });
  expect(notes.sort()).toEqual(['start b 2', 'start e 1', 'stop b', 'stop c']);
  expect(set.boards.map(({ name }) => name).sort()).toEqual(['a', 'b', 'd', 'e']);
});

it('starts a campaign again whose set-up was wrong, and not one that has ended as asked', async () => {
  const { set, notes, wanted, end } = world();
  await set.apply([wanted('wrong', '1'), wanted('done', '1'), wanted('runs', '1')]);
  end('wrong', FAILURE);
  end('done', null);
  await Promise.resolve();
  notes.splice(0);
  expect(await set.apply([wanted('wrong', '1'), wanted('done', '1'), wanted('runs', '1')])).toMatchObject({
    started: ['wrong'],
    restarted: [],
  });
  expect(notes).toContain('start wrong 1');
  expect(notes).not.toContain('start done 1');
});

it('has ended when no campaign runs, with the errors that keep campaigns stopped', async () => {
  const { set, wanted, end } = world();
  await set.apply([wanted('a', '1'), wanted('b', '1')]);
  const ended = set.ended();
  end('a', FAILURE);
  end('b', null);
  expect(await ended).toEqual([FAILURE]);
});

it('starts nothing after it was stopped', async () => {
  const { set, notes, wanted } = world();
  await set.apply([wanted('a', '1')]);
  await set.stop('asked');
  await set.apply([wanted('b', '1')]);
  expect(notes).toEqual(['start a 1', 'stop a']);
  expect(await set.ended()).toEqual([]);
});
