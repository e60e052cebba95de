-- Which open contacts has no one worked on for thirty days?
SELECT contact_id, phone, attempts, days_untouched
FROM mcall_v_contacts_now
WHERE status = 'open' AND days_untouched >= 30
ORDER BY days_untouched DESC, contact_id
