import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND, START, setUp } from '../../test/fetch/api-clock-set-up.ts';

const DAY = 24 * HOUR;

describe('R4 one wrong Date header moves nothing', () => {
  it('R4 shows the clock of the machine before the first answer', () => {
    const { clock, api } = setUp();
    clock.pass(MINUTE);
    expect(api.now()).toBe(START + MINUTE);
  });

  it('R4 goes on from the last accepted Date by the monotonic clock', () => {
    const { clock, api, tell } = setUp();
    tell(START + 30 * SECOND);
    clock.pass(MINUTE);
    clock.jump(5 * HOUR);
    expect(api.now()).toBe(START + 90 * SECOND);
  });

  it.each([-24 * HOUR, -11 * MINUTE, 11 * MINUTE, 24 * HOUR])('R4 after a start doubts a Date %d ms away', (offMs) => {
    const { api, tell } = setUp();
    tell(START + offMs);
    expect(api.now()).toBe(START);
    tell(START + offMs + SECOND);
    expect(api.now()).toBe(START + offMs + SECOND);
  });

  it.each([-3 * MINUTE, 3 * MINUTE, 30 * 24 * HOUR])(
    'R4 while running moves nothing by one Date %d ms away',
    (offMs) => {
      const { clock, api, tell } = setUp();
      tell(START);
      clock.pass(MINUTE);
      tell(START + MINUTE + offMs);
      expect(api.now()).toBe(START + MINUTE);
      tell(START + MINUTE);
      tell(START + MINUTE + offMs);
      expect(api.now()).toBe(START + MINUTE);
    },
  );

  it('R4 believes a lasting step back when two answers agree', () => {
    const { clock, api, tell } = setUp();
    tell(START);
    tell(START - HOUR);
    clock.pass(10 * SECOND);
    tell(START - HOUR + 10 * SECOND);
    expect(api.now()).toBe(START - HOUR + 10 * SECOND);
  });

  it('R4 never leaps ahead of what the clocks of the machine allow, however many answers agree', () => {
    const { api, tell } = setUp();
    tell(START);
    for (let answer = 0; answer < 5; answer++) tell(START + HOUR);
    expect(api.now()).toBe(START);
  });

  it('R4 leaps ahead after a sleep of the machine, in which its monotonic clock stood still', () => {
    const { clock, api, tell } = setUp();
    tell(START);
    clock.jump(HOUR);
    tell(START + HOUR);
    expect(api.now()).toBe(START);
    tell(START + HOUR);
    expect(api.now()).toBe(START + HOUR);
  });

  it('R4 ignores what is no date', () => {
    const { api } = setUp();
    for (const header of [undefined, '', 'yesterday']) api.ask()(header);
    expect(api.now()).toBe(START);
  });
});

describe('R4 what is stored comes from the earlier of two clocks', () => {
  it.each([3 * HOUR, 240 * HOUR])('R4 a machine %d ms ahead moves nothing', (aheadMs) => {
    const { api, tell } = setUp();
    for (let answer = 0; answer < 2; answer++) tell(START - aheadMs);
    expect(api.sureNow()).toBe(START - aheadMs);
  });

  it.each([3 * HOUR, 240 * HOUR])(
    'R4 an API %d ms ahead from the start moves nothing, however many answers agree',
    (aheadMs) => {
      const { clock, api, tell } = setUp();
      for (let answer = 0; answer < 5; answer++) tell(START + aheadMs);
      clock.pass(MINUTE);
      expect(api.sureNow()).toBe(START + MINUTE);
    },
  );

  it('R4 a wall clock that jumps in mid-run moves nothing', () => {
    const { clock, api, tell } = setUp();
    tell(START);
    clock.pass(MINUTE);
    for (const jumpMs of [-2 * MINUTE, 30 * 24 * HOUR, -60 * 24 * HOUR]) {
      clock.jump(jumpMs);
      tell(START + MINUTE);
      expect(api.sureNow()).toBe(START + MINUTE);
    }
  });

  it('R4 follows a wall clock that is set right while it runs, once the API agrees', () => {
    const { clock, api, tell } = setUp();
    for (let answer = 0; answer < 2; answer++) tell(START + 240 * HOUR);
    expect(api.sureNow()).toBe(START);
    clock.jump(240 * HOUR);
    for (let answer = 0; answer < 2; answer++) tell(START + 240 * HOUR);
    expect(api.sureNow()).toBe(START + 240 * HOUR);
  });

  it('R4 goes on after a sleep of the machine', () => {
    const { clock, api, tell } = setUp();
    tell(START);
    clock.jump(HOUR);
    for (let answer = 0; answer < 2; answer++) tell(START + HOUR);
    expect(api.sureNow()).toBe(START + HOUR);
  });

  it('R4 an instant is ahead only where both clocks say so', () => {
    const { clock, api, tell } = setUp();
    expect(api.isAhead(START + 240 * HOUR)).toBe(false);
    tell(START);
    expect(api.isAhead(START + 9 * MINUTE)).toBe(false);
    expect(api.isAhead(START + 11 * MINUTE)).toBe(true);
    clock.jump(HOUR);
    expect(api.isAhead(START + 11 * MINUTE)).toBe(false);
  });
});

describe('R4 before any answer is believed', () => {
  it.each([-DAY, HOUR])(
    'R4 what is stored is no later than the last answer, nor than the machine, %d ms apart',
    (offMs) => {
      const { clock, api, tell } = setUp();
      tell(START + offMs);
      clock.pass(MINUTE);
      expect(api.sureNow()).toBe(START + MINUTE + Math.min(0, offMs));
      expect([api.isDoubting, api.both()]).toEqual([true, null]);
    },
  );
});

describe('R4 dates that disagree in mid-run', () => {
  const running = () => {
    const { clock, api, tell } = setUp();
    tell(START);
    /** A cycle of one minute: one endpoint answers well, another shows its own time, several times in a row. */
    const cycle = (offMs: number, answers = 4) => {
      clock.pass(MINUTE);
      tell(clock.now());
      for (let answer = 0; answer < answers; answer++) tell(clock.now() + offMs);
    };
    return { clock, api, tell, cycle };
  };

  it.each([11 * MINUTE, HOUR, 240 * HOUR])('R4 one endpoint %d ms ahead moves nothing', (offMs) => {
    const { clock, api, cycle } = running();
    for (let nr = 0; nr < 60; nr++) {
      cycle(offMs);
      expect(api.sureNow()).toBe(clock.now());
    }
  });

  it.each([-3 * MINUTE, -HOUR, -240 * HOUR])('R4 one endpoint %d ms behind never moves it ahead', (offMs) => {
    const { clock, api, tell, cycle } = running();
    for (let nr = 0; nr < 60; nr++) {
      cycle(offMs);
      expect(api.sureNow()).toBeLessThanOrEqual(clock.now());
    }
    for (let answer = 0; answer < 2; answer++) tell(clock.now());
    expect(api.sureNow()).toBe(clock.now());
  });

  it('R4 answers that alternate move nothing', () => {
    const { clock, api, tell } = running();
    for (let nr = 0; nr < 100; nr++) {
      clock.pass(SECOND);
      tell(clock.now() + (nr % 2 === 0 ? 240 * HOUR : -240 * HOUR));
      expect(api.sureNow()).toBe(clock.now());
    }
  });

  it('R4 replicas with dates of their own never move it further than they may differ', () => {
    const { clock, api, tell } = running();
    const replicas = [0, 90 * SECOND, 5 * MINUTE, -5 * MINUTE, 24 * HOUR];
    for (let nr = 0; nr < 200; nr++) {
      clock.pass(7 * SECOND);
      tell(clock.now() + (replicas[(nr * nr) % replicas.length] ?? 0));
      expect(Math.abs(api.sureNow() - clock.now())).toBeLessThanOrEqual(6 * MINUTE);
    }
  });
});
