-- How much a customer may owe, and what stands behind it. What was decided stays as it was decided: each change is a
-- term of its own, and on a day that term counts which was decided last of those that have begun.

CREATE TABLE credit_line (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  customer_id bigint NOT NULL REFERENCES customer,
  -- temporary: on top of the base line, for a while.
  kind        text NOT NULL CHECK (kind IN ('base', 'temporary')),
  currency    char(3) NOT NULL,
  UNIQUE (id, kind)
);
CREATE INDEX credit_line_customer ON credit_line (customer_id);
-- Its terms follow each other, so that two base lines never hold on one day.
CREATE UNIQUE INDEX one_base_line ON credit_line (customer_id, currency) WHERE kind = 'base';

CREATE TABLE credit_line_term (
  line_id      bigint NOT NULL,
  kind         text NOT NULL,
  seq          int NOT NULL CHECK (seq > 0),
  what         text NOT NULL CHECK (what IN ('granted', 'reduced', 'reviewed', 'closed')),
  amount_minor bigint NOT NULL,
  valid_from   date NOT NULL,
  -- Last day; NULL: until something else is decided.
  valid_to     date,
  -- When the analyst looks at it again.
  review_on    date,
  why          text NOT NULL,
  actor        text NOT NULL,
  approval_id  bigint,
  recorded_at  timestamptz NOT NULL,
  PRIMARY KEY (line_id, seq),
  FOREIGN KEY (line_id, kind) REFERENCES credit_line (id, kind),
  CHECK (valid_to >= valid_from),
  CHECK (review_on > valid_from),
  CHECK ((what = 'closed') = (amount_minor = 0) AND amount_minor >= 0),
  CONSTRAINT temporary_ends CHECK (kind = 'base' OR valid_to IS NOT NULL OR what = 'closed')
);

CREATE TABLE guarantee (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  customer_id bigint NOT NULL REFERENCES customer,
  kind        text NOT NULL CHECK (kind IN ('pagare', 'mortgage', 'deposit', 'insurance', 'guarantor')),
  -- Folio, deed, contract or policy number.
  reference   text NOT NULL,
  -- Who stands for it: signer, owner, bank, insurer, guarantor.
  given_by    text NOT NULL,
  currency    char(3) NOT NULL,
  -- Day on which the paper was signed, and on which it falls due; NULL: at sight.
  signed_on   date,
  matures_on  date,
  UNIQUE (customer_id, kind, reference),
  -- The years of a pagaré run from these.
  CONSTRAINT pagare_is_signed CHECK (kind <> 'pagare' OR signed_on IS NOT NULL),
  CHECK (matures_on >= signed_on)
);
CREATE INDEX guarantee_customer ON guarantee (customer_id);

CREATE TABLE guarantee_term (
  guarantee_id     bigint NOT NULL REFERENCES guarantee,
  seq              int NOT NULL CHECK (seq > 0),
  what             text NOT NULL CHECK (what IN ('registered', 'renewed', 'realised', 'released')),
  -- What it is good for, and how much of that counts for the limit.
  amount_minor     bigint NOT NULL CHECK (amount_minor >= 0),
  coverage_percent int NOT NULL CHECK (coverage_percent BETWEEN 0 AND 100),
  valid_from       date NOT NULL,
  valid_to         date,
  why              text NOT NULL,
  actor            text NOT NULL,
  approval_id      bigint,
  recorded_at      timestamptz NOT NULL,
  PRIMARY KEY (guarantee_id, seq),
  CHECK (valid_to >= valid_from),
  CHECK ((what = 'released') <= (amount_minor = 0) AND (what IN ('registered', 'renewed')) <= (amount_minor > 0))
);

-- What time alone brought about, once each: a term began or ended, somebody was asked to review or to renew.
CREATE TABLE credit_event (
  about       text NOT NULL CHECK (about IN ('line', 'guarantee')),
  about_id    bigint NOT NULL,
  what        text NOT NULL,
  on_date     date NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (about, about_id, what, on_date)
);

CREATE TRIGGER credit_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_line
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER credit_line_term_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_line_term
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER guarantee_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON guarantee
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER guarantee_term_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON guarantee_term
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER credit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON credit_line, credit_line_term, guarantee, guarantee_term, credit_event FROM cartera_app;

ALTER TABLE proof DROP CONSTRAINT proof_about_check;
ALTER TABLE proof ADD CONSTRAINT proof_about_check CHECK (about IN ('contact', 'announcement', 'provisional', 'guarantee'));

-- Which kinds of tasks there are is said once, by the program.
ALTER TABLE task DROP CONSTRAINT IF EXISTS task_kind_check;
ALTER TABLE task ADD CONSTRAINT task_kind_check CHECK (kind ~ '^[a-z_]+$');
