-- Forty-five days before 1 July in Berlin is 16 May 22:00 UTC.
WITH latest AS (
  SELECT * FROM score WHERE model = 'churn'
  QUALIFY row_number() OVER (PARTITION BY profile_id ORDER BY scored_at DESC, id DESC) = 1
),
called AS (
  SELECT p.id
  FROM profile AS p JOIN latest ON latest.profile_id = p.id
  WHERE p.country IN ('DE', 'AT', 'CH') AND p.plan = 'premium' AND p.opted_in AND latest.score >= 0.8
    AND p.id NOT IN (SELECT profile_id FROM service_case WHERE closed_on IS NULL)
),
best AS (
  SELECT p.id
  FROM profile AS p
  WHERE p.opted_in AND p.id NOT IN (FROM called)
    AND p.id IN (SELECT profile_id FROM event WHERE kind = 'purchase')
    AND p.id NOT IN (SELECT profile_id FROM event WHERE happened_at >= TIMESTAMP '2026-05-16 22:00:00' AND happened_at < TIMESTAMP '2026-07-01 04:00:00')
    AND p.id IN (SELECT profile_id FROM score WHERE model = 'buys' AND score >= 0.3)
    AND p.id NOT IN (SELECT profile_id FROM service_case WHERE priority = 'P1' AND closed_on IS NULL)
  ORDER BY p.lifetime_value DESC, p.id LIMIT 50
)
FROM best ORDER BY id;
