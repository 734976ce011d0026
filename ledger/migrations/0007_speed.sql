-- Indexes for what is asked at every assessment and every receipt.

-- A payer's unapplied cash: without it each question read every account of the company.
CREATE INDEX account_payer ON account (payer_id) WHERE payer_id IS NOT NULL;

-- What is written off of a claim: hardly ever anything, so that almost nothing is read.
CREATE INDEX transfer_write_off ON transfer (credit_account) WHERE code IN ('write_off', 'recovery');
CREATE INDEX transfer_recovery ON transfer (debit_account) WHERE code IN ('write_off', 'recovery');
CREATE OR REPLACE FUNCTION written_off(p_account bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT (coalesce((SELECT sum(amount_minor) FROM transfer WHERE credit_account = p_account AND code IN ('write_off', 'recovery')), 0)
        - coalesce((SELECT sum(amount_minor) FROM transfer WHERE debit_account = p_account AND code IN ('write_off', 'recovery')), 0))::bigint
$$;
