import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, START, setUp } from './api-clock-set-up.ts';

describe('R4 shows both clocks', () => {
  it('R4 shows how far the wall clock has moved on alone, until an answer comes', () => {
    const { clock, api, tell } = setUp();
    clock.jump(HOUR);
    expect(api.unseenMs()).toBe(0);
    tell(START);
    tell(START);
    clock.pass(MINUTE);
    clock.jump(HOUR);
    expect(api.unseenMs()).toBe(HOUR);
    clock.jump(-2 * HOUR);
    expect(api.unseenMs()).toBe(0);
    clock.jump(2 * HOUR);
    tell(START + MINUTE);
    expect(api.unseenMs()).toBe(0);
  });

  it('R4 shows how far the answers of a minute that agree are ahead, until those of minutes say so', () => {
    const { clock, api, tell } = setUp();
    for (const dateMs of [START, START + HOUR - MINUTE, START + HOUR - MINUTE]) tell(dateMs);
    expect(api.unseenMs()).toBe(0);
    clock.pass(MINUTE);
    tell(START + HOUR);
    expect(api.unseenMs()).toBe(HOUR - MINUTE);
    for (let minute = 1; minute <= 5; minute++) {
      clock.pass(MINUTE);
      tell(START + HOUR + minute * MINUTE);
    }
    expect([api.both()?.apiMs, api.unseenMs()]).toEqual([START + HOUR + 5 * MINUTE, 0]);
  });

  it('R4 shows at once how far two answers that agree are ahead by hours, as after a sleep', () => {
    const { api, tell } = setUp();
    for (const dateMs of [START, START + 2 * HOUR, START + 2 * HOUR]) tell(dateMs);
    expect(api.unseenMs()).toBe(2 * HOUR);
  });

  it('R4 shows at once how far two answers that agree are ahead, where the wall clock was set back during the sleep', () => {
    const { clock, api, tell } = setUp();
    for (let answer = 0; answer < 2; answer++) tell(START);
    clock.jump(-7 * 24 * HOUR);
    tell(START + HOUR / 2);
    expect(api.unseenMs()).toBe(0);
    tell(START + HOUR / 2);
    expect(api.unseenMs()).toBe(HOUR / 2);
  });

  it('R4 as they are kept, once an answer has come', () => {
    const { api, tell } = setUp();
    expect(api.both()).toBeNull();
    for (let answer = 0; answer < 2; answer++) tell(START - HOUR);
    expect(api.both()).toEqual({ apiMs: START - HOUR, machineMs: START });
  });

  it('R4 with the time that the machine slept, where the API steps back meanwhile, until an answer agrees', () => {
    const { clock, api, tell } = setUp();
    for (let answer = 0; answer < 2; answer++) tell(START);
    clock.jump(HOUR);
    for (let answer = 0; answer < 2; answer++) tell(START - 10 * 24 * HOUR);
    expect(api.both()).toEqual({ apiMs: START - 10 * 24 * HOUR, machineMs: START + HOUR });
    expect(api.sureNow()).toBe(START - 10 * 24 * HOUR);
    clock.jump(HOUR);
    for (let answer = 0; answer < 2; answer++) tell(START - 10 * 24 * HOUR + HOUR);
    expect(api.both()?.machineMs).toBe(START + 2 * HOUR);
    for (let answer = 0; answer < 3; answer++) tell(START + 2 * HOUR);
    expect(api.both()).toEqual({ apiMs: START + 2 * HOUR, machineMs: START + 2 * HOUR });
  });

  it('R4 with the clock that holds the marks back after a sleep, where the wall clock is behind so that no answer agrees', () => {
    const { clock, api, tell } = setUp();
    const behindMs = 15 * MINUTE;
    for (let answer = 0; answer < 2; answer++) tell(START + behindMs);
    clock.jump(8 * HOUR);
    for (let answer = 0; answer < 3; answer++) tell(START + behindMs + 8 * HOUR);
    expect(api.both()).toEqual({ apiMs: START + behindMs + 8 * HOUR, machineMs: START });
    expect(api.sureNow()).toBe(START);
  });

  it('R4 without the time by which the wall clock was set, once an answer shows it', () => {
    const { clock, api, tell } = setUp();
    for (let answer = 0; answer < 2; answer++) tell(START);
    clock.jump(HOUR);
    tell(START);
    expect(api.both()).toEqual({ apiMs: START, machineMs: START });
    for (let answer = 0; answer < 2; answer++) tell(START - 2 * HOUR);
    clock.jump(HOUR);
    for (let answer = 0; answer < 2; answer++) tell(START - 4 * HOUR);
    expect(api.both()?.machineMs).toBe(START + HOUR);
    clock.jump(-HOUR);
    tell(START - 4 * HOUR);
    expect(api.both()?.machineMs).toBe(START);
  });

  it('R4 with the time that the machine slept while it waited for answers, which are as old', () => {
    const { clock, api, tell } = setUp();
    for (let answer = 0; answer < 2; answer++) tell(START);
    const answers = [api.ask(), api.ask()];
    clock.jump(HOUR);
    for (const answer of answers) answer(new Date(START).toUTCString());
    expect(api.unseenMs()).toBe(HOUR);
    for (let answer = 0; answer < 2; answer++) tell(START + HOUR);
    expect([api.both()?.apiMs, api.unseenMs()]).toEqual([START + HOUR, 0]);
  });

  it('R4 as they were, where answers came while the process stood still, so that they are as old', () => {
    const { clock, api, tell } = setUp();
    for (let answer = 0; answer < 2; answer++) tell(START);
    const answers = [api.ask(), api.ask(), api.ask()];
    clock.pass(HOUR);
    for (const answer of answers) answer(new Date(START).toUTCString());
    expect(api.both()).toEqual({ apiMs: START + HOUR, machineMs: START + HOUR });
  });

  it('R4 with what the API says for minutes, though it is not believed', () => {
    const { clock, api, tell } = setUp();
    tell(START);
    for (let minute = 1; minute <= 6; minute++) {
      clock.pass(MINUTE);
      tell(START + HOUR + minute * MINUTE);
      const apiMs = minute < 6 ? START + minute * MINUTE : START + HOUR + minute * MINUTE;
      expect(api.both()).toEqual({ apiMs, machineMs: START + minute * MINUTE });
    }
    expect(api.now()).toBe(START + 6 * MINUTE);
    tell(START + 6 * MINUTE);
    expect(api.both()?.apiMs).toBe(START + 6 * MINUTE);
  });
});
