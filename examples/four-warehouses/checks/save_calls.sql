WITH latest AS (
  SELECT * FROM score WHERE model = 'churn'
  QUALIFY row_number() OVER (PARTITION BY profile_id ORDER BY scored_at DESC, id DESC) = 1
)
SELECT p.id
FROM profile AS p JOIN latest ON latest.profile_id = p.id
WHERE p.country IN ('DE', 'AT', 'CH') AND p.plan = 'premium' AND p.opted_in AND latest.score >= 0.8
  AND NOT EXISTS (FROM service_case AS s WHERE s.profile_id = p.id AND s.closed_on IS NULL)
ORDER BY p.id;
