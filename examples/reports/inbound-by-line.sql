-- How many calls came in on each line, how many did we answer, and how long did callers wait?
-- The first line of WHERE has the days of the call centre, the second a day more on each side, for the index: replace both.
SELECT line_number, count(*) AS calls, sum(answered) AS answered, sum(wait_sec) AS wait_sec, max(wait_sec) AS longest_wait_sec
FROM mcall_v_inbound
WHERE started_day >= '2026-10-01' AND started_day < '2026-11-01'
  AND started_raw >= '2026-09-30' AND started_raw < '2026-11-02'
GROUP BY line_number
ORDER BY line_number
