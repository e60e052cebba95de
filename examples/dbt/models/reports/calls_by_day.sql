select
  campaign_id,
  started_day as day,
  count(*) as calls,
  count(connected_at) as answered_calls,
  coalesce(sum(talk_sec), 0) as talk_sec
from {{ source('dbsync', 'v_calls') }}
where started_day is not null
group by campaign_id, started_day
