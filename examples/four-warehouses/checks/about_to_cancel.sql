-- Fourteen days before 1 July in Berlin is 16 June 22:00 UTC.
WITH leaving AS (
  SELECT profile_id FROM event
  WHERE kind = 'cancel' AND happened_at >= TIMESTAMP '2026-06-16 22:00:00' AND happened_at < TIMESTAMP '2026-07-01 04:00:00'
  GROUP BY profile_id HAVING count(*) >= 2
)
SELECT DISTINCT p.id
FROM profile AS p JOIN leaving ON leaving.profile_id = p.id JOIN service_case AS s ON s.profile_id = p.id
WHERE p.country = 'DE' AND s.priority IN ('P1', 'P2') AND s.opened_on > p.signed_up
ORDER BY p.id;
