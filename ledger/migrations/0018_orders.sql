-- Sales orders: whether goods may go out, and what is told about that to where the orders are kept.

-- A group of customers is one head and its members: they share a limit, and what they owe and have ordered counts
-- together. A member may have a limit of its own within that of the group.
ALTER TABLE customer
  ADD COLUMN sub_limit_currency char(3),
  ADD COLUMN sub_limit_minor    bigint,
  ADD CONSTRAINT no_group_of_itself CHECK (head_id <> id),
  ADD CONSTRAINT sub_limit_of_member CHECK
    ((sub_limit_minor IS NULL) = (sub_limit_currency IS NULL) AND (sub_limit_minor IS NULL OR head_id IS NOT NULL AND sub_limit_minor >= 0));
CREATE INDEX customer_head ON customer (head_id) WHERE head_id IS NOT NULL;

-- How much of `quote` one `base` is worth, as a source said it for a day. What was said last for a day is right.
CREATE TABLE exchange_rate (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company   text NOT NULL REFERENCES company,
  base      char(3) NOT NULL,
  quote     char(3) NOT NULL CHECK (quote <> base),
  on_date   date NOT NULL,
  rate      numeric NOT NULL CHECK (rate > 0),
  source    text NOT NULL,
  actor     text NOT NULL,
  loaded_at timestamptz NOT NULL
);
CREATE INDEX rate_of_day ON exchange_rate (company, base, quote, on_date DESC, id DESC);
CREATE TRIGGER rate_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON exchange_rate
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON exchange_rate FROM cartera_app;

CREATE TABLE customer_standing (
  customer_id bigint PRIMARY KEY REFERENCES customer,
  -- A person's, which arithmetic never changes; NULL: nobody said anything.
  by_hand     text CHECK (by_hand IN ('stop', 'exempt')),
  why         text,
  set_by      text,
  -- As reckoned last.
  reckoned    text NOT NULL DEFAULT 'ok' CHECK (reckoned IN ('ok', 'watch', 'hold')),
  since       timestamptz NOT NULL,
  CHECK ((by_hand IS NULL) = (why IS NULL) AND (by_hand IS NULL) = (set_by IS NULL))
);

CREATE TABLE sales_order (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company        text NOT NULL REFERENCES company,
  number         text NOT NULL,
  customer_id    bigint NOT NULL REFERENCES customer,
  -- As order entry calls it: the policy says for which one holds, warns, or doesn't look.
  document_type  text NOT NULL,
  currency       char(3) NOT NULL,
  amount_minor   bigint NOT NULL CHECK (amount_minor > 0),
  -- Of the amount, what has come back as invoices.
  invoiced_minor bigint NOT NULL DEFAULT 0 CHECK (invoiced_minor >= 0),
  -- Nobody wants it after this day.
  needed_by      date,
  ship_on        date,
  prepaid        boolean NOT NULL DEFAULT false,
  shipped_at     timestamptz,
  state          text NOT NULL CHECK (state IN
                   ('released', 'conditionally_released', 'held', 'rejected', 'expired', 'consumed', 'cancelled')),
  state_since    timestamptz NOT NULL,
  -- What the rules say against it, in their order: why it is held, or went out with a warning.
  reasons        jsonb NOT NULL DEFAULT '[]',
  -- Released without a look at the rules because of this.
  passed_as      text CHECK (passed_as IN ('prepaid', 'exempt', 'small', 'never_checked', 'shipped')),
  -- Counts as exposure. The row is written under the lock of its customer's group, so that the last of a limit is given once.
  reserved_minor bigint NOT NULL DEFAULT 0,
  -- A bulk order counts from this day on, and is looked at again then; NULL: at once.
  counts_from    date,
  checked_on     date NOT NULL,
  -- A person's hold, which only a person lifts.
  held_by        text,
  -- Released if so much has been paid since then and by then.
  condition_currency  char(3),
  condition_minor     bigint CHECK (condition_minor > 0),
  condition_since     timestamptz,
  condition_by        timestamptz,
  -- Announced money counts too.
  condition_announced boolean,
  -- Transfers count from the one after this.
  condition_after     bigint,
  -- Through this day the reasons that it was released in spite of don't hold it again.
  grace_until    date,
  graced         text[] NOT NULL DEFAULT '{}',
  created_at     timestamptz NOT NULL,
  UNIQUE (company, number),
  CHECK (reserved_minor BETWEEN 0 AND amount_minor),
  CHECK (reserved_minor = 0 OR state IN ('released', 'conditionally_released')),
  CHECK ((state = 'conditionally_released') = (condition_minor IS NOT NULL)),
  CHECK (num_nonnulls(condition_currency, condition_minor, condition_since, condition_by, condition_announced, condition_after) IN (0, 6))
);
CREATE INDEX order_reserved ON sales_order (customer_id) WHERE reserved_minor > 0;
CREATE INDEX order_held ON sales_order (customer_id, needed_by, id) WHERE state = 'held';
CREATE INDEX order_of_customer ON sales_order (customer_id, id);
CREATE INDEX order_open ON sales_order (company, state, id) WHERE state IN ('held', 'conditionally_released');

-- What is told to where orders are kept: a row first, written with the decision.
CREATE TABLE order_call (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company      text NOT NULL REFERENCES company,
  order_number text NOT NULL,
  -- In this order, of one sales order.
  seq          int NOT NULL,
  event        text NOT NULL CHECK (event IN
                 ('released', 'conditionally_released', 'held', 'rejected', 'expired', 'cancelled')),
  payload      jsonb NOT NULL,
  state        text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'delivered', 'failed')),
  attempts     int NOT NULL DEFAULT 0,
  next_try_at  timestamptz NOT NULL,
  delivered_at timestamptz,
  last_error   text,
  created_at   timestamptz NOT NULL,
  UNIQUE (company, order_number, seq),
  FOREIGN KEY (company, order_number) REFERENCES sales_order (company, number)
);
CREATE INDEX order_call_open ON order_call (company, next_try_at, id) WHERE state IN ('pending', 'sending');

-- Invoices of an order, and receivables for which the ladder has said that orders are held.
CREATE INDEX receivable_order ON receivable (company, order_number) WHERE order_number IS NOT NULL;
CREATE INDEX step_holds_orders ON receivable_step (receivable_id) WHERE action = 'hold_orders' AND state = 'done';
