-- Which answered calls have no recording that can be played?
-- The first line of WHERE has the days of the call centre, the second a day more on each side, for the index: replace both.
SELECT call_id, agent, started_local, talk_sec
FROM mcall_v_calls
WHERE started_day >= '2026-10-01' AND started_day < '2026-11-01'
  AND (started_raw >= '2026-09-30' AND started_raw < '2026-11-02' OR started_raw IS NULL)
  AND talk_sec > 0 AND recording_url IS NULL
ORDER BY call_id
