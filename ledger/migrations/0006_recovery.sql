-- Money for what was written off: the write-off is taken back by as much, so that the money has a claim to settle.

ALTER TABLE transfer DROP CONSTRAINT transfer_code_check;
ALTER TABLE transfer ADD CONSTRAINT transfer_code_check CHECK (code IN
  ('opening', 'settled_before', 'receipt', 'identification', 'application', 'credit_issue', 'credit_application',
   'allowance', 'write_off', 'recovery', 'cancellation', 'replacement', 'source_settlement', 'source_reopening'));

-- What of an account's claim is written off and not recovered.
CREATE FUNCTION written_off(p_account bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(CASE WHEN t.credit_account = p_account THEN t.amount_minor ELSE -t.amount_minor END), 0)::bigint
  FROM transfer t
  WHERE (t.credit_account = p_account OR t.debit_account = p_account) AND t.code IN ('write_off', 'recovery')
$$;

-- Where a closed receivable stood, so that it stands there again when it is re-opened.
ALTER TABLE receivable ADD COLUMN closed_at_stage text;

-- Of which receipt, and how much of it, an announced payment is: another announcement can't be the same money.
CREATE TABLE announced_money (
  announced_id bigint NOT NULL REFERENCES announced_payment,
  receipt_id   bigint NOT NULL REFERENCES receipt,
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
  PRIMARY KEY (announced_id, receipt_id)
);
CREATE INDEX announced_money_receipt ON announced_money (receipt_id);
CREATE INDEX announced_tracking ON announced_payment (company, tracking_key) WHERE tracking_key IS NOT NULL;
