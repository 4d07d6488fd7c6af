-- Three days before 1 July in Berlin is 27 June 22:00 UTC.
SELECT p.id
FROM profile AS p
WHERE p.id IN (SELECT profile_id FROM event WHERE kind = 'cancel' AND happened_at >= TIMESTAMP '2026-06-27 22:00:00' AND happened_at < TIMESTAMP '2026-07-01 04:00:00')
  AND NOT EXISTS (FROM contact AS c WHERE c.profile_id = p.id AND c.channel = 'call')
ORDER BY p.id;
