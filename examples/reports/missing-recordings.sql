-- Which answered calls have no recording that can be played?
SELECT call_id, agent, started_local, talk_sec
FROM mcall_v_calls
WHERE talk_sec > 0 AND recording_url IS NULL
ORDER BY call_id
