-- How do the branches compare: answered calls, and the mean time of a talk?
-- The first line of WHERE has the days of the call centre, the second a day more on each side, for the index: replace both.
SELECT agent_branch, count(*) AS answered, sum(talk_sec) / count(talk_sec) AS mean_talk_sec
FROM mcall_v_calls
WHERE started_day >= '2026-10-01' AND started_day < '2026-11-01'
  AND (started_raw >= '2026-09-30' AND started_raw < '2026-11-02' OR started_raw IS NULL)
  AND talk_sec IS NOT NULL AND agent_branch IS NOT NULL
GROUP BY agent_branch
ORDER BY agent_branch
