-- What waits by itself beside the collection cases: an approval, a negotiation, an order, a credit line, a guarantee, a
-- placement. Each is looked after by a workflow of its own.
CREATE TABLE process (
  company       text NOT NULL REFERENCES company,
  kind          text NOT NULL CHECK (kind IN ('approval', 'negotiation', 'order', 'creditLine', 'guarantee', 'placement')),
  id            text NOT NULL,
  -- NULL: concerns no customer.
  customer_id   bigint REFERENCES customer,
  -- Raised by every transaction that changes what it looks at; a look stores the version it saw.
  facts_version bigint NOT NULL DEFAULT 1,
  seen_version  bigint NOT NULL DEFAULT 0,
  next_look_at  timestamptz,
  closed_at     timestamptz,
  -- What it ended with.
  outcome       text,
  PRIMARY KEY (company, kind, id)
);
CREATE INDEX process_behind ON process (company, kind, id) WHERE closed_at IS NULL AND facts_version > seen_version;
CREATE INDEX process_due ON process (company, next_look_at) WHERE closed_at IS NULL AND next_look_at IS NOT NULL;
CREATE INDEX process_of_customer ON process (customer_id) WHERE closed_at IS NULL;
