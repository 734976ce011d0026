-- Offers to customers and from them, what was agreed, and what became of it.

CREATE TABLE negotiation (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company       text NOT NULL REFERENCES company,
  customer_id   bigint NOT NULL REFERENCES customer,
  currency      char(3) NOT NULL,
  state         text NOT NULL CHECK (state IN ('proposed', 'countered', 'submitted', 'agreed', 'fulfilled', 'broken', 'lapsed',
                  'rejected', 'withdrawn')),
  opened_on     date NOT NULL,
  opened_by     text NOT NULL,
  recorded_at   timestamptz NOT NULL,
  -- Last day of the offer that is on the table.
  valid_through date NOT NULL,
  -- While it is NULL what it covers isn't chased; then it was agreed to, or came to nothing.
  closed_on     date,
  agreed_on     date,
  -- Who agreed for the customer.
  agreed_with   text,
  -- The promise that it made.
  promise_id    bigint UNIQUE REFERENCES promise,
  -- The last transfers that waived interest.
  waiver_transfers bigint[] NOT NULL DEFAULT '{}',
  -- Last day on which something is due by the agreement, counted with its grace.
  ends_on       date,
  -- After it nothing breaks the agreement any more.
  watched_through date,
  CHECK ((closed_on IS NULL) = (state IN ('proposed', 'countered', 'submitted'))),
  CHECK ((agreed_on IS NOT NULL) = (state IN ('agreed', 'fulfilled', 'broken')))
);
CREATE INDEX negotiation_customer ON negotiation (customer_id);
CREATE INDEX negotiation_open ON negotiation (company, valid_through, id) WHERE closed_on IS NULL;

CREATE TABLE negotiation_item (
  negotiation_id bigint NOT NULL REFERENCES negotiation,
  receivable_id  bigint NOT NULL REFERENCES receivable,
  -- What was open of it, and not disputed, when the offer was made.
  ceiling_minor  bigint NOT NULL CHECK (ceiling_minor > 0),
  -- Talked about, or under an agreement that can still be broken. At most one per receivable.
  active         boolean NOT NULL,
  -- By the agreement: its new due date, until when a payment counts, and what they were before.
  due_on         date,
  counts_until   date,
  due_before     date,
  anchor_before  date,
  discount_minor bigint NOT NULL DEFAULT 0 CHECK (discount_minor >= 0),
  waived_minor   bigint NOT NULL DEFAULT 0 CHECK (waived_minor >= 0),
  -- The last transfer that gave the discount.
  discount_transfer bigint REFERENCES transfer,
  PRIMARY KEY (negotiation_id, receivable_id)
);
CREATE UNIQUE INDEX one_open_negotiation ON negotiation_item (receivable_id) WHERE active;
CREATE INDEX negotiation_item_receivable ON negotiation_item (receivable_id);

-- Each offer, by whom it was made: as it was said, and what it came to then.
CREATE TABLE negotiation_round (
  negotiation_id bigint NOT NULL REFERENCES negotiation,
  no             int NOT NULL,
  made_by        text NOT NULL CHECK (made_by IN ('us', 'customer')),
  person         text NOT NULL,
  offer          jsonb NOT NULL,
  terms          jsonb NOT NULL,
  notes          text NOT NULL,
  made_on        date NOT NULL,
  valid_through  date NOT NULL,
  recorded_at    timestamptz NOT NULL,
  actor          text NOT NULL,
  PRIMARY KEY (negotiation_id, no)
);
CREATE TRIGGER round_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON negotiation_round
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON negotiation_round FROM cartera_app;
