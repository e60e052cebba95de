-- How often do we call a contact, by its status?
SELECT status, count(*) AS contacts, sum(attempts) AS attempts, max(attempts) AS most
FROM mcall_v_contacts_now
WHERE status IS NOT NULL
GROUP BY status
ORDER BY status
