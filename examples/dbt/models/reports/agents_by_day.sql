select
  agent,
  campaign_id,
  cast(hour_local as date) as day,
  sum(transactions) as transactions,
  sum(successes) as successes,
  sum(calls) as calls,
  sum(talk_sec) as talk_sec
from {{ source('dbsync', 'v_agents_by_hour') }}
where hour_local is not null
group by agent, campaign_id, cast(hour_local as date)
