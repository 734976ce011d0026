-- What a source says again and again: snapshots and changes, what was done before a portfolio came here, and what
-- source and books disagree about.

ALTER TABLE load
  -- The part of the source that the file speaks of; {} is all of it.
  ADD COLUMN scope      jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN control    jsonb,
  ADD COLUMN changed    int NOT NULL DEFAULT 0,
  ADD COLUMN vanished   int NOT NULL DEFAULT 0,
  ADD COLUMN exceptions int NOT NULL DEFAULT 0;
CREATE INDEX load_of_source ON load (company, source, as_of DESC) WHERE state IN ('held', 'released');
ALTER TABLE source DROP COLUMN last_load_at;

ALTER TABLE load_row ADD COLUMN history jsonb;

-- Promises that the customer didn't keep before its portfolio came here.
ALTER TABLE customer ADD COLUMN broken_before int NOT NULL DEFAULT 0 CHECK (broken_before >= 0);

-- First conversations after a load are spread over days: before this one nobody speaks to the customer.
ALTER TABLE collection_case ADD COLUMN first_contact_on date;
CREATE INDEX case_first_contact ON collection_case (company, first_contact_on) WHERE first_contact_on IS NOT NULL;

-- Settled, or open again, in the books of the source: no money of ours moved.
ALTER TABLE account DROP CONSTRAINT account_kind_check;
ALTER TABLE account ADD CONSTRAINT account_kind_check CHECK (kind IN
  ('receivable', 'unapplied', 'unidentified', 'cheques_in_hand', 'in_transit', 'bank', 'sales', 'opening_balance',
   'settled_at_source', 'allowance', 'interest_and_fees', 'fx_position', 'fx_result', 'write_off'));
ALTER TABLE transfer DROP CONSTRAINT transfer_code_check;
ALTER TABLE transfer ADD CONSTRAINT transfer_code_check CHECK (code IN
  ('opening', 'settled_before', 'receipt', 'identification', 'application', 'credit_issue', 'credit_application',
   'allowance', 'write_off', 'cancellation', 'replacement', 'source_settlement', 'source_reopening'));

-- What source and books disagree about is one exception while they do.
ALTER TABLE exception
  ADD COLUMN receivable_id bigint REFERENCES receivable,
  ADD COLUMN load_id       text REFERENCES load,
  ADD COLUMN resolved_by   text,
  ADD COLUMN resolved_why  text;
CREATE UNIQUE INDEX exception_open_once ON exception (receivable_id, kind) WHERE resolved_at IS NULL AND receivable_id IS NOT NULL;

-- Cases that wait because a feed is too old: the next load of it wakes them.
CREATE INDEX receivable_waits_for_feed ON receivable (company) WHERE next_reason = 'feed_too_old' AND closed_as IS NULL;
