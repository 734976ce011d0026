-- Receivables, receipts and the transfers between accounts: the only way money moves.

CREATE TABLE collection_case (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company          text NOT NULL REFERENCES company,
  customer_id      bigint NOT NULL REFERENCES customer,
  -- customer code, and behind a colon what the grouping adds (site, payer or document).
  key              text NOT NULL,
  grouping         text NOT NULL CHECK (grouping IN ('customer', 'site', 'payer', 'invoice')),
  site             text NOT NULL DEFAULT '',
  -- Raised by every transaction that changes the case's facts; assess stores the version it saw.
  facts_version    bigint NOT NULL DEFAULT 0,
  assessed_version bigint NOT NULL DEFAULT 0,
  next_wake_at     timestamptz,
  last_notice_on   date,
  last_call_on     date,
  UNIQUE (company, key)
);
CREATE INDEX case_of_customer ON collection_case (customer_id);
CREATE INDEX case_behind ON collection_case (id) WHERE facts_version > assessed_version;
CREATE INDEX case_due ON collection_case (next_wake_at) WHERE next_wake_at IS NOT NULL;

CREATE TABLE source (
  company   text NOT NULL REFERENCES company,
  code      text NOT NULL,
  -- Who is the book of record for money.
  authority text NOT NULL CHECK (authority IN ('source', 'cartera')),
  last_load_at timestamptz,
  PRIMARY KEY (company, code)
);

CREATE TABLE load (
  id          text PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  source      text NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('initial', 'delta', 'snapshot')),
  file_name   text NOT NULL,
  file_hash   text NOT NULL,
  as_of       date,
  profile     jsonb NOT NULL,
  state       text NOT NULL CHECK (state IN ('staging', 'refused', 'held', 'released')),
  hold        boolean NOT NULL,
  lines       int NOT NULL DEFAULT 0,
  created     int NOT NULL DEFAULT 0,
  unchanged   int NOT NULL DEFAULT 0,
  actor       text NOT NULL,
  started_at  timestamptz NOT NULL,
  finished_at timestamptz
);

CREATE TABLE load_row (
  load_id        text NOT NULL REFERENCES load,
  line           int NOT NULL,
  customer       text NOT NULL,
  customer_facts jsonb NOT NULL,
  document       text NOT NULL,
  tranche        text NOT NULL,
  kind           text NOT NULL,
  currency       text NOT NULL,
  original_minor bigint NOT NULL,
  open_minor     bigint,
  issued_on      date NOT NULL,
  due_on         date NOT NULL,
  presented_on   date,
  site           text,
  site_email     text,
  order_number   text,
  PRIMARY KEY (load_id, line)
);

CREATE TABLE load_error (
  load_id text NOT NULL REFERENCES load,
  seq     int NOT NULL,
  line    int NOT NULL,
  field   text NOT NULL,
  value   text NOT NULL,
  code    text NOT NULL,
  message text NOT NULL,
  -- false: noted for a person, the file still goes in.
  fatal   boolean NOT NULL,
  PRIMARY KEY (load_id, seq)
);

-- A file as it arrived, by the hash of its content, until its load is done with it.
CREATE TABLE upload_part (
  hash    text NOT NULL,
  part    int NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (hash, part)
);

CREATE TABLE receivable (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company         text NOT NULL REFERENCES company,
  document        text NOT NULL,
  tranche         text NOT NULL DEFAULT '1',
  customer_id     bigint NOT NULL REFERENCES customer,
  payer_id        bigint NOT NULL REFERENCES payer,
  case_id         bigint NOT NULL REFERENCES collection_case,
  policy_id       bigint NOT NULL REFERENCES policy_version,
  kind            text NOT NULL CHECK (kind IN
                    ('invoice', 'debit_note', 'retention', 'credit_note', 'on_account_credit', 'down_payment')),
  currency        char(3) NOT NULL,
  original_minor  bigint NOT NULL,
  issued_on       date NOT NULL,
  -- The terms in force; receivable_term has their history.
  due_on          date NOT NULL,
  presented_on    date,
  -- A replacement that keeps its predecessor's clock counts its steps from here.
  anchor_on       date,
  order_number    text,
  site            text NOT NULL DEFAULT '',
  load_id         text REFERENCES load,
  -- Rows of a held load are in the books and chased by nobody until it is released.
  held            boolean NOT NULL DEFAULT false,
  replaces_id     bigint REFERENCES receivable,
  first_seen_on   date NOT NULL,
  -- Where its lifecycle stands, as assessed last.
  stage           text NOT NULL DEFAULT 'current',
  closed_as       text CHECK (closed_as IN ('paid', 'credited', 'written_off', 'cancelled', 'replaced')),
  next_action_at  timestamptz,
  next_action     text,
  next_reason     text,
  -- Its facts changed since the last assessment.
  touched         boolean NOT NULL DEFAULT true,
  UNIQUE (company, document, tranche),
  CHECK (original_minor <> 0
     AND (original_minor > 0) = (kind IN ('invoice', 'debit_note', 'retention'))),
  CHECK (due_on >= issued_on)
);
CREATE INDEX receivable_case_due ON receivable (case_id, next_action_at) WHERE closed_as IS NULL;
CREATE INDEX receivable_case_touched ON receivable (case_id) WHERE touched;
CREATE INDEX receivable_customer_open ON receivable (customer_id, due_on, id) WHERE closed_as IS NULL;
CREATE INDEX receivable_payer_open ON receivable (payer_id, due_on, id) WHERE closed_as IS NULL;
CREATE INDEX receivable_load ON receivable (load_id);
CREATE INDEX receivable_replaces ON receivable (replaces_id) WHERE replaces_id IS NOT NULL;

-- Dated history of the terms, so that an aging of any past day can be told as it was known then.
CREATE TABLE receivable_term (
  receivable_id bigint NOT NULL REFERENCES receivable,
  seq           int NOT NULL,
  due_on        date NOT NULL,
  presented_on  date,
  effective_on  date NOT NULL,
  recorded_at   timestamptz NOT NULL,
  reason        text NOT NULL,
  PRIMARY KEY (receivable_id, seq)
);
CREATE TRIGGER term_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON receivable_term
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE account (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company       text NOT NULL REFERENCES company,
  kind          text NOT NULL CHECK (kind IN
                  ('receivable', 'unapplied', 'unidentified', 'cheques_in_hand', 'in_transit', 'bank', 'sales',
                   'opening_balance', 'allowance', 'interest_and_fees', 'fx_position', 'fx_result', 'write_off')),
  currency      char(3) NOT NULL,
  receivable_id bigint UNIQUE REFERENCES receivable,
  payer_id      bigint REFERENCES payer,
  -- Messenger or agency that holds money in transit.
  holder        text NOT NULL DEFAULT '',
  -- Debits less credits; kept only where `floor`/`ceiling` guard it. Busy contra accounts are summed instead.
  balance_minor bigint,
  floor_minor   bigint,
  ceiling_minor bigint,
  UNIQUE (id, currency),
  CHECK ((kind = 'receivable') = (receivable_id IS NOT NULL)),
  CHECK ((kind = 'unapplied') = (payer_id IS NOT NULL)),
  CHECK ((kind IN ('receivable', 'unapplied', 'unidentified', 'cheques_in_hand')) = (balance_minor IS NOT NULL)),
  CONSTRAINT no_over_application CHECK
    (kind <> 'receivable' OR balance_minor BETWEEN floor_minor AND ceiling_minor),
  CONSTRAINT no_negative_unapplied_cash CHECK
    (kind NOT IN ('unapplied', 'unidentified') OR balance_minor <= 0)
);
CREATE UNIQUE INDEX account_of ON account (company, kind, currency, coalesce(payer_id, 0), holder)
  WHERE kind <> 'receivable';

CREATE TABLE receipt (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company      text NOT NULL REFERENCES company,
  number       text NOT NULL,
  -- NULL: nobody knows yet who paid.
  payer_id     bigint REFERENCES payer,
  currency     char(3) NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  form         text NOT NULL,
  tracking_key text,
  reference    text NOT NULL DEFAULT '',
  holder       text NOT NULL DEFAULT '',
  value_on     date NOT NULL,
  posting_on   date NOT NULL,
  recorded_at  timestamptz NOT NULL,
  actor        text NOT NULL,
  reversed_at  timestamptz,
  UNIQUE (company, number)
);
CREATE INDEX receipt_payer ON receipt (payer_id);
-- One transfer of a bank is one receipt, whoever posts it.
CREATE UNIQUE INDEX receipt_tracking ON receipt (company, tracking_key, currency, amount_minor) WHERE reversed_at IS NULL;

CREATE TABLE transfer (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company         text NOT NULL REFERENCES company,
  debit_account   bigint NOT NULL,
  credit_account  bigint NOT NULL,
  currency        char(3) NOT NULL,
  amount_minor    bigint NOT NULL CHECK (amount_minor > 0),
  code            text NOT NULL CHECK (code IN
                    ('opening', 'settled_before', 'receipt', 'identification', 'application', 'credit_issue',
                     'credit_application', 'allowance', 'write_off', 'cancellation', 'replacement')),
  reference       text NOT NULL DEFAULT '',
  idempotency_key text NOT NULL,
  reverses_id     bigint UNIQUE REFERENCES transfer,
  -- The first application of money that was carried along to a replacement.
  moves_id        bigint REFERENCES transfer,
  receipt_id      bigint REFERENCES receipt,
  actor           text NOT NULL,
  -- When the customer paid: promises, days late, interest.
  value_on        date NOT NULL,
  -- The day of the books: aging.
  posting_on      date NOT NULL,
  recorded_at     timestamptz NOT NULL,
  UNIQUE (company, idempotency_key),
  CHECK (debit_account <> credit_account),
  FOREIGN KEY (debit_account, currency) REFERENCES account (id, currency),
  FOREIGN KEY (credit_account, currency) REFERENCES account (id, currency)
);
CREATE INDEX transfer_debit ON transfer (debit_account, posting_on);
CREATE INDEX transfer_credit ON transfer (credit_account, posting_on);
CREATE INDEX transfer_receipt ON transfer (receipt_id) WHERE receipt_id IS NOT NULL;
CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Balances follow the transfers in the same statement, and only so: the function acts with its owner's rights, the
-- application's role may not update an account itself.
CREATE FUNCTION keep_balances() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM added a JOIN company c ON c.id = a.company
             WHERE a.posting_on <= c.books_closed_through) THEN
    RAISE EXCEPTION 'posting date in a closed period' USING ERRCODE = 'check_violation', CONSTRAINT = 'books_closed';
  END IF;
  IF EXISTS (SELECT FROM added a JOIN transfer o ON o.id = a.reverses_id
             WHERE o.debit_account <> a.credit_account OR o.credit_account <> a.debit_account
                OR o.amount_minor <> a.amount_minor OR a.posting_on < o.posting_on OR o.reverses_id IS NOT NULL) THEN
    RAISE EXCEPTION 'a reversal mirrors its original and is not dated before it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_mirrors';
  END IF;
  IF EXISTS (SELECT FROM added a JOIN receipt r ON r.id = a.receipt_id
             WHERE a.code = 'application' AND a.reverses_id IS NULL AND a.posting_on < r.posting_on) THEN
    RAISE EXCEPTION 'an application is not dated before its receipt'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'application_after_receipt';
  END IF;
  UPDATE account SET balance_minor = balance_minor + moved.minor
  FROM (SELECT id, sum(minor)::bigint AS minor
        FROM (SELECT debit_account AS id, amount_minor AS minor FROM added
              UNION ALL SELECT credit_account, -amount_minor FROM added) sides
        GROUP BY id) moved
  WHERE account.id = moved.id AND account.balance_minor IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER transfer_balances AFTER INSERT ON transfer
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION keep_balances();

-- Cheques received and not yet cleared: a reclassification, not a payment.
CREATE TABLE cheque (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company      text NOT NULL REFERENCES company,
  payer_id     bigint NOT NULL REFERENCES payer,
  number       text NOT NULL,
  bank         text NOT NULL,
  currency     char(3) NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  received_on  date NOT NULL,
  matures_on   date NOT NULL CHECK (matures_on >= received_on),
  state        text NOT NULL CHECK (state IN ('in_custody', 'deposited', 'cleared', 'returned', 'replaced')),
  UNIQUE (company, payer_id, bank, number)
);
CREATE TABLE cheque_cover (
  cheque_id     bigint NOT NULL REFERENCES cheque,
  receivable_id bigint NOT NULL REFERENCES receivable,
  amount_minor  bigint NOT NULL CHECK (amount_minor > 0),
  PRIMARY KEY (cheque_id, receivable_id)
);
CREATE INDEX cheque_cover_receivable ON cheque_cover (receivable_id);

-- What is owed: the receivable's balance and the cheques that stand for a part of it and haven't cleared.
CREATE VIEW owed AS
  SELECT a.receivable_id, a.balance_minor,
         coalesce(uncleared.minor, 0)::bigint AS uncleared_minor,
         (a.balance_minor + coalesce(uncleared.minor, 0))::bigint AS owed_minor
  FROM account a
  LEFT JOIN LATERAL (
    SELECT sum(c.amount_minor) AS minor FROM cheque_cover c JOIN cheque q ON q.id = c.cheque_id
    WHERE c.receivable_id = a.receivable_id AND q.state IN ('in_custody', 'deposited')) uncleared ON true
  WHERE a.kind = 'receivable';

-- What couldn't be done by itself and waits for a person.
CREATE TABLE exception (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  kind        text NOT NULL,
  customer_id bigint REFERENCES customer,
  receipt_id  bigint REFERENCES receipt,
  detail      jsonb NOT NULL,
  raised_at   timestamptz NOT NULL,
  resolved_at timestamptz
);
CREATE INDEX exception_open ON exception (company, raised_at) WHERE resolved_at IS NULL;
