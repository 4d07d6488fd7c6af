-- Ninety days before 1 July is 2 April; thirty days before 1 July in Berlin is 31 May 22:00 UTC.
WITH troubled AS (
  SELECT profile_id FROM service_case
  WHERE priority IN ('P1', 'P2') AND opened_on BETWEEN DATE '2026-04-02' AND DATE '2026-07-01'
  GROUP BY profile_id HAVING count(*) >= 2
),
seen AS (
  SELECT DISTINCT profile_id FROM event
  WHERE happened_at >= TIMESTAMP '2026-05-31 22:00:00' AND happened_at < TIMESTAMP '2026-07-01 04:00:00'
)
SELECT p.id
FROM profile AS p JOIN troubled ON troubled.profile_id = p.id ANTI JOIN seen ON seen.profile_id = p.id
WHERE p.lifetime_value >= 1000
ORDER BY p.id;
