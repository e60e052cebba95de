select
  "id" as recording_id,
  "contact_id" as contact_id,
  "connection_id" as connection_id,
  "started" as started_at,
  "stopped" as stopped_at,
  "filename" as filename,
  "location" as location,
  "$changed" as changed_at
from {{ source('dbsync', 'recordings') }}
