-- What is asked in every assessment, and of every receipt, goes by an index, however many receivables there are.

-- A payer's unapplied cash: `account_of` begins with the company and the kind.
CREATE INDEX account_payer ON account (payer_id) WHERE payer_id IS NOT NULL;
-- A payer's open credits, without reading all that it owes.
CREATE INDEX receivable_payer_credit ON receivable (payer_id)
  WHERE closed_as IS NULL AND kind IN ('credit_note', 'on_account_credit');

-- What is written off of a claim: hardly ever anything, so that almost nothing is read.
CREATE INDEX transfer_write_off ON transfer (credit_account) WHERE code IN ('write_off', 'recovery');
CREATE INDEX transfer_recovery ON transfer (debit_account) WHERE code IN ('write_off', 'recovery');
CREATE OR REPLACE FUNCTION written_off(p_account bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT (coalesce((SELECT sum(amount_minor) FROM transfer WHERE credit_account = p_account AND code IN ('write_off', 'recovery')), 0)
        - coalesce((SELECT sum(amount_minor) FROM transfer WHERE debit_account = p_account AND code IN ('write_off', 'recovery')), 0))::bigint
$$;

-- After a load the planner knows nothing about what came: autovacuum looks once a minute, and until then plans read whole
-- tables. The application's role owns no table, so this acts with its owner's rights.
CREATE FUNCTION refresh_statistics() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  ANALYZE payer, customer, contact, collection_case, receivable, receivable_term, account, transfer;
END $$;
