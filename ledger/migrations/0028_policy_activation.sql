-- A version of a policy holds when a second person has agreed to it; the first of its name, when it is published.
ALTER TABLE policy_version ADD COLUMN activated_at timestamptz, ADD COLUMN published_by text NOT NULL DEFAULT '';
UPDATE policy_version SET activated_at = published_at;

-- Whom the policy that holds for a customer names as supervisor.
CREATE OR REPLACE FUNCTION supervisor_of(p_customer bigint) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT v.document ->> 'supervisor' FROM customer c
  JOIN policy_assignment s ON s.company = c.company
    AND (s.scope = 'customer' AND s.subject = c.code OR s.scope = 'segment' AND s.subject = c.segment OR s.scope = 'company')
  JOIN policy_version v ON v.company = s.company AND v.code = s.code AND v.activated_at IS NOT NULL
  WHERE c.id = p_customer
  ORDER BY CASE s.scope WHEN 'customer' THEN 1 WHEN 'segment' THEN 2 ELSE 3 END, v.version DESC LIMIT 1
$$;
