-- How many calls did each day have, how many were answered, and how long did we talk?
-- The first line of WHERE has the days of the call centre, the second a day more on each side, for the index: replace both.
SELECT started_day, count(*) AS calls, count(connected_at) AS answered, coalesce(sum(talk_sec), 0) AS talk_sec
FROM mcall_v_calls
WHERE started_day >= '2026-10-01' AND started_day < '2026-11-01'
  AND (started_raw >= '2026-09-30' AND started_raw < '2026-11-02' OR started_raw IS NULL)
GROUP BY started_day
ORDER BY started_day
