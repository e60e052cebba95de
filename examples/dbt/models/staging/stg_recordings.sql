select
  "id" as recording_id,
  "contact_id" as contact_id,
  "connection_id" as connection_id,
  "started" as started_at,
  "stopped" as stopped_at,
  "filename" as filename,
  "location" as location,
  "callnumber" as callnumber,
  "$changed" as changed_at
from {{ source('dbsync', 'recordings') }}
