-- Which contacts have a follow-up, and with which agent was the last one?
SELECT contact_id, next_follow_up_local, last_agent, last_outcome
FROM mcall_v_contacts_now
WHERE next_follow_up_at IS NOT NULL
ORDER BY next_follow_up_at, contact_id
