-- Which outcomes does each task have?
SELECT task, outcome, outcome_detail, count(DISTINCT transaction_id) AS transactions
FROM mcall_v_calls
WHERE task IS NOT NULL
GROUP BY task, outcome, outcome_detail
ORDER BY task, outcome, outcome_detail
