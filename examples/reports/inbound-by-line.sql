-- How many calls came in on each line, how many did we answer, and how long did callers wait?
SELECT line_number, count(*) AS calls, sum(answered) AS answered, sum(wait_sec) AS wait_sec, max(wait_sec) AS longest_wait_sec
FROM mcall_v_inbound
GROUP BY line_number
ORDER BY line_number
