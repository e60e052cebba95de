-- Which outcomes does each task have?
-- The first line of WHERE has the days of the call centre, the second a day more on each side, for the index: replace both.
SELECT task, outcome, outcome_detail, count(DISTINCT transaction_id) AS transactions
FROM mcall_v_calls
WHERE started_day >= '2026-10-01' AND started_day < '2026-11-01'
  AND (started_raw >= '2026-09-30' AND started_raw < '2026-11-02' OR started_raw IS NULL)
  AND task IS NOT NULL
GROUP BY task, outcome, outcome_detail
ORDER BY task, outcome, outcome_detail
