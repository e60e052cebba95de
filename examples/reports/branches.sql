-- How do the branches compare: answered calls, and the mean time of a talk?
SELECT agent_branch, count(*) AS answered, sum(talk_sec) / count(talk_sec) AS mean_talk_sec
FROM mcall_v_calls
WHERE talk_sec IS NOT NULL AND agent_branch IS NOT NULL
GROUP BY agent_branch
ORDER BY agent_branch
