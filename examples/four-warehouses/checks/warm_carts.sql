-- Seven days before 1 July in Berlin is 23 June 22:00 UTC.
WITH bought AS (SELECT profile_id, max(happened_at) AS last_at FROM event WHERE kind = 'purchase' GROUP BY profile_id)
SELECT DISTINCT p.id
FROM profile AS p JOIN event AS e ON e.profile_id = p.id LEFT JOIN bought AS b ON b.profile_id = p.id
WHERE p.opted_in AND e.kind = 'cart' AND e.happened_at >= TIMESTAMP '2026-06-23 22:00:00' AND e.happened_at < TIMESTAMP '2026-07-01 04:00:00'
  AND (b.last_at IS NULL OR b.last_at <= e.happened_at)
  AND p.id IN (SELECT profile_id FROM score WHERE model = 'buys' AND score >= 0.7)
ORDER BY p.id;
