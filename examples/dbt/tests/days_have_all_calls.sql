-- Finds a row where the days do not have each call that was started once.
select days.calls, copy.calls as calls_of_the_copy
from (select coalesce(sum(calls), 0) as calls from {{ ref('calls_by_day') }}) as days
cross join (
  select count(*) as calls from {{ ref('stg_connections') }} where coalesce(started_at, fired_at) is not null
) as copy
where days.calls <> copy.calls
