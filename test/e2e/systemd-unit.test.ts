import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CAMPAIGN_UNIT, CONFIG_UNIT } from '../../packages/cli/src/service/systemd-unit.ts';
import { unitFolder, units } from '../../scripts/print-units.ts';
import { hasCommand } from '../harness/servers/debian-tools.ts';

const unit = join(unitFolder, CAMPAIGN_UNIT);
/** The exposure in tenths: 0 is fully closed, 100 is a service without any protection. */
const MOST_EXPOSURE = 13;

describe('the unit of systemd', () => {
  const text = readFileSync(unit, 'utf8');

  it('is printed from its one source (else run `node scripts/print-units.ts`)', () => {
    for (const [name, printed] of Object.entries(units())) {
      expect(readFileSync(join(unitFolder, name), 'utf8')).toBe(printed);
    }
  });

  it('reports to systemd, whose watchdog ends it where no report comes', () => {
    expect(text).toMatch(/^Type=notify$/m);
    expect(text).toMatch(/^NotifyAccess=all$/m);
    expect(text).toMatch(/^WatchdogSec=10min$/m);
  });

  it('keeps secrets out of the command line and the environment', () => {
    expect(text).toContain('--token-file %d/token --url-file %d/url');
    expect(text).not.toMatch(/--(?:token|url|ct)[ =]|DBSYNC_(?:TOKEN|URL)=/);
  });

  it('leaves no core dump, opens no debugger, and takes a bounded share of the machine', () => {
    expect(text).toMatch(/^LimitCORE=0$/m);
    expect(text).toMatch(/^Environment=NODE_OPTIONS=--disable-sigusr1$/m);
    expect(text).toMatch(/^MemoryMax=\d+[MG]$/m);
    expect(text).toMatch(/^TasksMax=\d+$/m);
  });

  it('does not restart on bad input, and waits longer than a stop takes', () => {
    expect(text).toMatch(/^RestartPreventExitStatus=2 4$/m);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1])).toBeGreaterThan(30);
  });

  it('starts a few times a minute at most, and never gives up', () => {
    expect(Number(/^RestartSec=(\d+)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(15);
    expect(text).toMatch(/^StartLimitIntervalSec=0$/m);
  });
});

describe.runIf(hasCommand('systemd-analyze'))('systemd-analyze', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-unit-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('finds nothing wrong with the unit', () => {
    expect(verify(instanceOf((text) => text))).toBe('');
  });

  it('finds nothing wrong with the unit of a file of campaigns, and rates it as well protected', () => {
    const file = join(unitFolder, CONFIG_UNIT);
    expect(verify(file)).toBe('');
    expect(rate(file).status).toBe(0);
  });

  it('finds a misspelt key', () => {
    expect(verify(instanceOf((text) => text.replace('RestartSec', 'RestartSeconds')))).toContain('RestartSeconds');
  });

  it('rates the unit as well protected', () => {
    expect(rate(instanceOf((text) => text)).status).toBe(0);
  });

  it('rates a unit without its protection worse', () => {
    const { status, stdout } = rate(instanceOf((text) => text.replace(/^(?:Protect|Private|Restrict[A-Z]).*\n/gm, '')));
    expect(stdout).toContain('exposure level');
    expect(status).not.toBe(0);
  });

  /** Returns the template as an instance of a campaign, possibly changed. */
  function instanceOf(change: (text: string) => string): string {
    const file = join(folder, 'dbsync@C4MPA1GN.service');
    copyFileSync(unit, file);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    return file;
  }
});

/** Returns the complaints: the exit code is 0 even for unknown keys. */
function verify(file: string): string {
  const { stderr, error } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });
  return error?.message ?? stderr;
}

function rate(file: string) {
  const args = ['security', '--no-pager', '--offline=true', `--threshold=${MOST_EXPOSURE}`, file];
  return spawnSync('systemd-analyze', args, { encoding: 'utf8' });
}
