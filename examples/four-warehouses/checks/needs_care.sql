-- Ninety days before 1 July is 2 April. Of the last event, only one that is thirty days old says that a month went by.
WITH troubled AS (
  SELECT profile_id FROM service_case
  WHERE priority IN ('P1', 'P2') AND opened_on BETWEEN DATE '2026-04-02' AND DATE '2026-07-01'
  GROUP BY profile_id HAVING count(*) >= 2
),
next AS (SELECT profile_id, happened_at, lead(happened_at) OVER (PARTITION BY profile_id ORDER BY happened_at) AS next_at FROM event),
away AS (
  SELECT DISTINCT profile_id FROM next
  WHERE happened_at + INTERVAL 30 DAY <= TIMESTAMP '2026-07-01 04:00:00' AND (next_at IS NULL OR next_at > happened_at + INTERVAL 30 DAY)
)
SELECT p.id
FROM profile AS p JOIN troubled ON troubled.profile_id = p.id JOIN away ON away.profile_id = p.id
WHERE p.lifetime_value >= 1000
ORDER BY p.id;
