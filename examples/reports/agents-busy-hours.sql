-- In how many different hours did each agent work, and how much did an hour bring?
-- The first line of each WHERE of a period has the days of the call centre, the second a day more on each side, for the index: replace all.
SELECT agent, count(*) AS hours, sum(transactions) AS transactions, sum(successes) AS successes, max(calls) AS most_calls
FROM (
  SELECT agent, sum(transactions) AS transactions, sum(successes) AS successes, sum(calls) AS calls
  FROM (
    SELECT agent, campaign_id, fired_day AS work_day, fired_hour AS work_hour, 1 AS transactions,
      CASE WHEN outcome = 'success' THEN 1 ELSE 0 END AS successes, 0 AS calls
    FROM mcall_v_transactions
    WHERE fired_day >= '2026-10-01' AND fired_day < '2026-11-01'
      AND fired_raw >= '2026-09-30' AND fired_raw < '2026-11-02'
    UNION ALL
    SELECT agent, campaign_id, started_day, started_hour, 0, 0, 1
    FROM mcall_v_calls
    WHERE started_day >= '2026-10-01' AND started_day < '2026-11-01'
      AND (started_raw >= '2026-09-30' AND started_raw < '2026-11-02' OR started_raw IS NULL)
  ) AS work
  WHERE agent IS NOT NULL
  GROUP BY agent, campaign_id, work_day, work_hour
) AS hours_of_agents
GROUP BY agent
ORDER BY agent
