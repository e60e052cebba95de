-- What did each agent do: transactions, successes, calls, and hours of talk and wrap-up?
SELECT agent, sum(transactions) AS transactions, sum(successes) AS successes, sum(calls) AS calls,
  sum(answered_calls) AS answered, sum(talk_sec) AS talk_sec, sum(wrapup_sec) AS wrapup_sec
FROM mcall_v_agents_by_hour
GROUP BY agent
ORDER BY agent
