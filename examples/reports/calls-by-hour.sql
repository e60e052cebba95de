-- At which hours of the day do we call, and at which hours are we answered?
SELECT started_hour, count(*) AS calls, count(connected_at) AS answered
FROM mcall_v_calls
WHERE started_hour IS NOT NULL
GROUP BY started_hour
ORDER BY started_hour
