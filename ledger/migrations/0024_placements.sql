-- Handing over what conversation didn't bring in: demand letters, lawyers and agencies, what they report, cost and bring
-- in, and the clocks on claims.

CREATE TABLE agency (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company    text NOT NULL REFERENCES company,
  code       text NOT NULL,
  name       text NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('agency', 'lawyer')),
  -- What it takes; empty: all.
  segments   text[] NOT NULL DEFAULT '{}',
  branches   text[] NOT NULL DEFAULT '{}',
  -- {"MXN": {"from": minor, "to": minor or null}}: a placement's total must be within.
  amounts    jsonb NOT NULL DEFAULT '{}',
  -- Of what it brings in, as a decimal.
  commission_percent text NOT NULL,
  email      text NOT NULL,
  language   text NOT NULL,
  -- User names that speak for it.
  people     text[] NOT NULL DEFAULT '{}',
  active     boolean NOT NULL DEFAULT true,
  UNIQUE (company, code)
);
CREATE INDEX agency_people ON agency USING gin (people);

CREATE TABLE placement (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  customer_id bigint NOT NULL REFERENCES customer,
  case_id     bigint NOT NULL REFERENCES collection_case,
  kind        text NOT NULL CHECK (kind IN ('demand', 'prelegal', 'legal', 'agency')),
  state       text NOT NULL CHECK (state IN ('approved', 'offered', 'accepted', 'active', 'recalled', 'returned',
                'recovered', 'closed')),
  -- Who has it, or is asked to take it.
  agency_id   bigint REFERENCES agency,
  -- Of what that one brings in; as agreed when it was offered.
  commission_percent text,
  requested_by text NOT NULL,
  approved_by text[] NOT NULL,
  why         text NOT NULL,
  begun_on    date NOT NULL,
  -- Last day to take it; of a demand, to pay.
  answer_by   date,
  accepted_on date,
  -- The demand letter.
  message_id  bigint REFERENCES message,
  report_due_on date,
  chased_on   date,
  told_on     date,
  closed_on   date,
  closed_why  text,
  CHECK (kind <> 'demand' OR agency_id IS NULL),
  CHECK (state IN ('approved', 'offered', 'accepted', 'active') = (closed_on IS NULL)),
  CHECK (state NOT IN ('offered', 'accepted', 'returned') OR agency_id IS NOT NULL)
);
CREATE INDEX placement_customer ON placement (customer_id);
CREATE INDEX placement_agency ON placement (agency_id) WHERE closed_on IS NULL;
CREATE INDEX placement_message ON placement (message_id) WHERE message_id IS NOT NULL;

CREATE TABLE placement_item (
  placement_id  bigint NOT NULL REFERENCES placement,
  receivable_id bigint NOT NULL REFERENCES receivable,
  -- So much of it was approved.
  ceiling_minor bigint NOT NULL CHECK (ceiling_minor > 0),
  -- What whoever has it was told to collect.
  told_minor    bigint NOT NULL CHECK (told_minor >= 0),
  stage_before  text NOT NULL,
  active        boolean NOT NULL,
  PRIMARY KEY (placement_id, receivable_id)
);
CREATE UNIQUE INDEX placed_once ON placement_item (receivable_id) WHERE active;
CREATE INDEX placement_item_receivable ON placement_item (receivable_id);

-- Who was asked to take it, and what came of that.
CREATE TABLE placement_offer (
  placement_id bigint NOT NULL REFERENCES placement,
  no           int NOT NULL,
  agency_id    bigint NOT NULL REFERENCES agency,
  offered_on   date NOT NULL,
  answer_by    date NOT NULL,
  answer       text CHECK (answer IN ('accepted', 'declined', 'expired', 'withdrawn')),
  answered_on  date,
  answered_by  text,
  why          text,
  PRIMARY KEY (placement_id, no)
);
CREATE UNIQUE INDEX offered_to_one ON placement_offer (placement_id) WHERE answer IS NULL;

CREATE TABLE placement_report (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  placement_id bigint NOT NULL REFERENCES placement,
  reported_on  date NOT NULL,
  recorded_at  timestamptz NOT NULL,
  reported_by  text NOT NULL,
  result       text NOT NULL,
  notes        text NOT NULL
);
CREATE INDEX placement_report_of ON placement_report (placement_id);
CREATE TRIGGER placement_report_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON placement_report
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE placement_cost (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  placement_id bigint NOT NULL REFERENCES placement,
  what         text NOT NULL,
  currency     char(3) NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  incurred_on  date NOT NULL,
  reference    text NOT NULL,
  transfer_id  bigint NOT NULL UNIQUE REFERENCES transfer,
  recorded_at  timestamptz NOT NULL,
  recorded_by  text NOT NULL
);
CREATE INDEX placement_cost_of ON placement_cost (placement_id);
CREATE TRIGGER placement_cost_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON placement_cost
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Money that came through whoever had it. Taken back with its receipt.
CREATE TABLE placement_recovery (
  placement_id bigint NOT NULL REFERENCES placement,
  receipt_id   bigint PRIMARY KEY REFERENCES receipt,
  -- Of it, what paid items of the placement; the rest is the payer's unapplied cash.
  applied_minor bigint NOT NULL CHECK (applied_minor >= 0),
  commission_minor bigint NOT NULL CHECK (commission_minor >= 0)
);
CREATE INDEX placement_recovery_of ON placement_recovery (placement_id);
CREATE TRIGGER placement_recovery_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON placement_recovery
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What is written to agencies: a row first, then the attempt.
CREATE TABLE placement_mail (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company      text NOT NULL REFERENCES company,
  placement_id bigint NOT NULL REFERENCES placement,
  agency_id    bigint NOT NULL REFERENCES agency,
  purpose      text NOT NULL CHECK (purpose IN ('offer', 'handover', 'report_due', 'changed', 'recall', 'expired')),
  planned_on   date NOT NULL,
  -- What its sentences need, as it was when it was planned.
  detail       jsonb NOT NULL DEFAULT '{}',
  state        text NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'skipped', 'failed')),
  attempts     int NOT NULL DEFAULT 0,
  next_try_at  timestamptz NOT NULL,
  -- RFC 5322 Message-ID, the same at every attempt.
  mail_id      text NOT NULL UNIQUE,
  -- Stored by the claim; what is retried are these bytes.
  raw          bytea,
  recipient    text,
  sent_at      timestamptz,
  response     text,
  reason       text,
  -- A person was told that it can't be delivered.
  told         boolean NOT NULL DEFAULT false,
  created_at   timestamptz NOT NULL
);
CREATE UNIQUE INDEX placement_mail_open_once ON placement_mail (placement_id, agency_id, purpose) WHERE state = 'pending';
CREATE INDEX placement_mail_of ON placement_mail (placement_id);

-- The last day on which a claim can be sued for. A term that begins anew is a clock of its own.
CREATE TABLE prescription (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company       text NOT NULL REFERENCES company,
  customer_id   bigint NOT NULL REFERENCES customer,
  receivable_id bigint NOT NULL REFERENCES receivable,
  instrument    text NOT NULL,
  reference     text NOT NULL,
  started_on    date NOT NULL,
  ends_on       date NOT NULL CHECK (ends_on > started_on),
  warn_days     int[] NOT NULL,
  -- The nearest of the warnings that were given.
  warned_days   int,
  state         text NOT NULL CHECK (state IN ('running', 'interrupted', 'settled', 'expired')),
  replaces_id   bigint UNIQUE REFERENCES prescription,
  begun_by      text NOT NULL,
  why           text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX prescription_once ON prescription (receivable_id, instrument, reference) WHERE state = 'running';
CREATE INDEX prescription_ends ON prescription (company, ends_on) WHERE state = 'running';

-- Money that an agency holds is in transit; what it is owed for commission and costs is a liability, against an expense.
-- Added to whatever kinds and codes there are.
DO $$
DECLARE said text;
BEGIN
  SELECT pg_get_constraintdef(oid) INTO STRICT said FROM pg_constraint WHERE conname = 'account_kind_check';
  ALTER TABLE account DROP CONSTRAINT account_kind_check;
  EXECUTE 'ALTER TABLE account ADD CONSTRAINT account_kind_check '
    || replace(said, 'ARRAY[', 'ARRAY[''collection_costs''::text, ''agency_payable''::text, ');
  SELECT pg_get_constraintdef(oid) INTO STRICT said FROM pg_constraint WHERE conname = 'transfer_code_check';
  ALTER TABLE transfer DROP CONSTRAINT transfer_code_check;
  EXECUTE 'ALTER TABLE transfer ADD CONSTRAINT transfer_code_check '
    || replace(said, 'ARRAY[', 'ARRAY[''commission''::text, ''collection_cost''::text, ''remittance''::text, ''withheld''::text, ');
END $$;

ALTER TABLE proof DROP CONSTRAINT proof_about_check;
ALTER TABLE proof ADD CONSTRAINT proof_about_check CHECK (about IN ('contact', 'announcement', 'provisional', 'guarantee', 'placement report'));

GRANT SELECT, INSERT, UPDATE ON agency, placement, placement_item, placement_offer, placement_mail, prescription TO cartera_app;
REVOKE UPDATE, DELETE, TRUNCATE ON placement_report, placement_cost, placement_recovery FROM cartera_app;
REVOKE DELETE, TRUNCATE ON agency, placement, placement_item, placement_offer, placement_mail, prescription FROM cartera_app;
