-- How many calls did each day have, how many were answered, and how long did we talk?
SELECT started_day, count(*) AS calls, count(connected_at) AS answered, coalesce(sum(talk_sec), 0) AS talk_sec
FROM mcall_v_calls
WHERE started_day IS NOT NULL
GROUP BY started_day
ORDER BY started_day
