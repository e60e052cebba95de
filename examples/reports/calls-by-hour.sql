-- At which hours of the day do we call, and at which hours are we answered?
-- The first line of WHERE has the days of the call centre, the second a day more on each side, for the index: replace both.
SELECT started_hour, count(*) AS calls, count(connected_at) AS answered
FROM mcall_v_calls
WHERE started_day >= '2026-10-01' AND started_day < '2026-11-01'
  AND (started_raw >= '2026-09-30' AND started_raw < '2026-11-02' OR started_raw IS NULL)
GROUP BY started_hour
ORDER BY started_hour
