-- What is billed: calls, answered calls and seconds of talk of each campaign and day?
SELECT campaign_id, started_day, count(*) AS calls, count(connected_at) AS answered, coalesce(sum(talk_sec), 0) AS talk_sec
FROM mcall_v_calls
WHERE started_day IS NOT NULL
GROUP BY campaign_id, started_day
ORDER BY campaign_id, started_day
