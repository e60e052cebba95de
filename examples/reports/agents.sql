-- What did each agent do: transactions, successes, calls, and hours of talk and wrap-up?
-- The first line of each WHERE of a period has the days of the call centre, the second a day more on each side, for the index: replace all.
SELECT agent, sum(transactions) AS transactions, sum(successes) AS successes, sum(calls) AS calls,
  sum(answered) AS answered, sum(talk_sec) AS talk_sec, sum(wrapup_sec) AS wrapup_sec
FROM (
  SELECT agent, 1 AS transactions, CASE WHEN outcome = 'success' THEN 1 ELSE 0 END AS successes, 0 AS calls, 0 AS answered,
    0 AS talk_sec, coalesce(wrapup_sec, 0) AS wrapup_sec
  FROM mcall_v_transactions
  WHERE fired_day >= '2026-10-01' AND fired_day < '2026-11-01'
    AND fired_raw >= '2026-09-30' AND fired_raw < '2026-11-02'
  UNION ALL
  SELECT agent, 0, 0, 1, CASE WHEN connected_at IS NULL THEN 0 ELSE 1 END, coalesce(talk_sec, 0), 0
  FROM mcall_v_calls
  WHERE started_day >= '2026-10-01' AND started_day < '2026-11-01'
    AND (started_raw >= '2026-09-30' AND started_raw < '2026-11-02' OR started_raw IS NULL)
) AS work
WHERE agent IS NOT NULL
GROUP BY agent
ORDER BY agent
