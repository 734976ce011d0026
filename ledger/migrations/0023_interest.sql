-- Interest and fees on overdue items. Each receivable that bears any has a second account: what accrued, less what was
-- charged by notes and what was waived. It never raises the receivable's own balance.

ALTER TABLE account
  ADD COLUMN interest_of       bigint UNIQUE REFERENCES receivable,
  ADD COLUMN interest_customer bigint REFERENCES customer;
-- Not `WHERE balance_minor <> 0`: an index that looks at it would make every change of a balance dearer.
CREATE INDEX account_interest ON account (interest_customer) WHERE interest_customer IS NOT NULL;
ALTER TABLE account DROP CONSTRAINT account_kind_check;
ALTER TABLE account ADD CONSTRAINT account_kind_check CHECK (kind IN
  ('receivable', 'interest', 'unapplied', 'unidentified', 'cheques_in_hand', 'in_transit', 'bank', 'sales', 'opening_balance',
   'settled_at_source', 'allowance', 'interest_and_fees', 'fx_position', 'fx_result', 'write_off'));
ALTER TABLE account ADD CONSTRAINT account_of_interest CHECK
  ((kind = 'interest') = (interest_of IS NOT NULL) AND (kind = 'interest') = (interest_customer IS NOT NULL));
ALTER TABLE account DROP CONSTRAINT account_check2;
ALTER TABLE account ADD CONSTRAINT account_keeps_balance CHECK
  ((kind IN ('receivable', 'interest', 'unapplied', 'unidentified', 'cheques_in_hand')) = (balance_minor IS NOT NULL));
DROP INDEX account_of;
CREATE UNIQUE INDEX account_of ON account (company, kind, currency, coalesce(payer_id, 0), holder)
  WHERE kind NOT IN ('receivable', 'interest');

ALTER TABLE transfer DROP CONSTRAINT transfer_code_check;
ALTER TABLE transfer ADD CONSTRAINT transfer_code_check CHECK (code IN
  ('opening', 'settled_before', 'receipt', 'identification', 'application', 'credit_issue', 'credit_application',
   'allowance', 'write_off', 'recovery', 'cancellation', 'replacement', 'source_settlement', 'source_reopening',
   'interest', 'fee', 'interest_charge', 'interest_waiver'));

-- A note that charges interest: a claim like another, that bears no interest itself.
ALTER TABLE receivable ADD COLUMN is_interest boolean NOT NULL DEFAULT false;

-- What a note charges of each receivable; a credit note gives back what was charged too much.
CREATE TABLE interest_note_line (
  note_id       bigint NOT NULL REFERENCES receivable,
  receivable_id bigint NOT NULL REFERENCES receivable,
  amount_minor  bigint NOT NULL CHECK (amount_minor <> 0),
  -- Last day of the interest that it holds.
  through_on    date NOT NULL,
  transfer_id   bigint NOT NULL UNIQUE REFERENCES transfer,
  PRIMARY KEY (note_id, receivable_id)
);
CREATE INDEX interest_note_of ON interest_note_line (receivable_id);
CREATE TRIGGER interest_note_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON interest_note_line
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON interest_note_line FROM cartera_app;

-- Whose receivables may bear any.
CREATE INDEX policy_with_interest ON policy_version (id) WHERE document ? 'interest';

ALTER TABLE collection_case
  -- Up to this day the interest of the case's receivables is in the books.
  ADD COLUMN interest_through date,
  -- Being booked up to the day `interest_until`: of the receivables up to this one it is.
  ADD COLUMN interest_until   date,
  ADD COLUMN interest_after   bigint NOT NULL DEFAULT 0;
