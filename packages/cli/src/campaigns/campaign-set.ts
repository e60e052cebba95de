import type { Failure } from '../exit-code.js';
import type { CampaignBoard } from '../reporting/campaign-board.js';
import type { CampaignRunner } from './campaign-runner.js';

/** A campaign as the file wants it. */
export interface WantedCampaign {
  readonly name: string;
  /** A text that changes when the campaign has to start again. Null: its secrets cannot be read now. */
  readonly print: string | null;
  /** Starts it. */
  start(): CampaignRunner;
}

/** The changes that a new file has made, as names of campaigns. */
export interface AppliedChanges {
  readonly started: readonly string[];
  readonly stopped: readonly string[];
  readonly restarted: readonly string[];
  /** Campaigns that go on as before, since their secrets cannot be read now. */
  readonly kept: readonly string[];
}

/** The campaigns of the process, by name. Each starts and stops by itself. */
export interface CampaignSet {
  /** The boards of all campaigns, in the order in which they were first started. */
  readonly boards: readonly CampaignBoard[];
  /**
   * Starts, stops and restarts campaigns until they are those that are wanted. Calls follow each other. Resolves when every
   * campaign that had to stop has ended.
   */
  apply(wanted: readonly WantedCampaign[]): Promise<AppliedChanges>;
  /** Stops all, and starts none from now on. */
  stop(reason: string): Promise<void>;
  /** Resolves when no campaign runs or will run again. @returns the errors that ended campaigns for good */
  ended(): Promise<readonly Failure[]>;
}

interface Member {
  readonly print: string | null;
  readonly runner: CampaignRunner;
}

export function createCampaignSet(): CampaignSet {
  const members = new Map<string, Member>();
  let applying: Promise<unknown> = Promise.resolve();
  let isStopped = false;

  const start = ({ name, print, start: startIt }: WantedCampaign) => {
    if (!isStopped) members.set(name, { print, runner: startIt() });
  };
  const remove = async (name: string, { runner }: Member) => {
    await runner.stop('The campaign is no longer in the file.');
    members.delete(name);
  };
  const restart = async (campaign: WantedCampaign) => {
    await members.get(campaign.name)?.runner.stop('The campaign has changed in the file: it starts again.');
    start(campaign);
  };

  const change = async (wanted: readonly WantedCampaign[]): Promise<AppliedChanges> => {
    if (isStopped) return { started: [], stopped: [], restarted: [], kept: [] };
    const names = new Set(wanted.map(({ name }) => name));
    const gone = [...members].filter(([name]) => !names.has(name));
    const byChange = Map.groupBy(wanted, (campaign) => changeOf(campaign, members.get(campaign.name)));
    const of = (kind: Change) => byChange.get(kind) ?? [];
    const begun = [...of('start'), ...of('restart')].map(restart);
    await Promise.all([...begun, ...gone.map(([name, member]) => remove(name, member))]);
    const namesOf = (kind: Change) => of(kind).map(({ name }) => name);
    return {
      started: namesOf('start'),
      stopped: gone.map(([name]) => name),
      restarted: namesOf('restart'),
      kept: namesOf('keep'),
    };
  };

  return {
    get boards() {
      return [...members.values()].map(({ runner }) => runner.board);
    },
    apply(wanted) {
      const applied = applying.then(() => change(wanted));
      applying = applied.catch(ignoreHere);
      return applied;
    },
    async stop(reason) {
      isStopped = true;
      await Promise.all([...members.values()].map(({ runner }) => runner.stop(reason)));
    },
    async ended() {
      for (;;) {
        await applying;
        const running = [...members.values()].filter(({ runner }) => runner.state === 'running');
        if (running.length === 0) break;
        await Promise.race(running.map(({ runner }) => runner.ended));
      }
      const failures = await Promise.all([...members.values()].map(({ runner }) => runner.ended));
      return failures.filter((failure) => failure !== null);
    },
  };
}

/** Ignores a failure here: the caller of `apply` gets it. */
function ignoreHere(): void {}

type Change = 'start' | 'restart' | 'keep' | 'none';

/** Returns the change that a campaign needs. One that is stopped starts again: its set-up may be right now. */
function changeOf({ print }: WantedCampaign, member: Member | undefined): Change {
  if (member === undefined || member.runner.state === 'failed') return 'start';
  if (print === null) return 'keep';
  return print === member.print ? 'none' : 'restart';
}
