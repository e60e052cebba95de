-- In how many different hours did each agent work, and how much did an hour bring?
SELECT agent, count(*) AS hours, sum(transactions) AS transactions, sum(successes) AS successes, max(calls) AS most_calls
FROM mcall_v_agents_by_hour
GROUP BY agent
ORDER BY agent
