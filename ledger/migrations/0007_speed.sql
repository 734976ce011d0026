-- What is asked in every assessment goes by an index, however many receivables there are.

-- A payer's unapplied cash: `account_of` begins with the company and the kind.
CREATE INDEX account_payer ON account (payer_id) WHERE payer_id IS NOT NULL;
-- A payer's open credits, without reading all that it owes.
CREATE INDEX receivable_payer_credit ON receivable (payer_id)
  WHERE closed_as IS NULL AND kind IN ('credit_note', 'on_account_credit');

-- After a load the planner knows nothing about what came: autovacuum looks once a minute, and until then plans read whole
-- tables. The application's role owns no table, so this acts with its owner's rights.
CREATE FUNCTION refresh_statistics() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  ANALYZE payer, customer, contact, collection_case, receivable, receivable_term, account, transfer;
END $$;
