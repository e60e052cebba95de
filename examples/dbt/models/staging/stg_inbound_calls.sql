select
  "id" as inbound_call_id,
  "line_id" as line_id,
  "campaign_id" as campaign_id,
  "task_id" as task_id,
  "task_name" as task_name,
  "contact_id" as contact_id,
  "remote_number" as remote_number,
  "line_number" as line_number,
  "started" as started_at,
  "connected" as connected_at,
  "disconnected" as disconnected_at,
  "user" as agent,
  "state" as state,
  "connectable_time" as connectable_at,
  "disposition" as disposition,
  "dispatch_error" as dispatch_error,
  "$changed" as changed_at
from {{ source('dbsync', 'inbound_calls') }}
