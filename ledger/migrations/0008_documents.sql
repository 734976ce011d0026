-- Documents: what was made for a customer or came from one. The bytes are in the document store, under their hash.

CREATE TABLE document (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  -- NULL: of no single customer, as a print pack.
  customer_id bigint REFERENCES customer,
  -- What it is: statement, calendar, …
  kind        text NOT NULL,
  name        text NOT NULL,
  media_type  text NOT NULL,
  -- SHA-256 of the bytes, hex: their name in the store.
  hash        text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  bytes       bigint NOT NULL CHECK (bytes > 0),
  -- SHA-256 of all that its content was made of, hex; NULL for what came from outside. Made of the same, it is the same.
  source      text,
  -- The day that it tells of.
  as_of       date,
  actor       text NOT NULL,
  recorded_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX document_once ON document (company, coalesce(customer_id, 0), kind, name, hash);
CREATE INDEX document_of_customer ON document (customer_id, id);
CREATE INDEX document_made_of ON document (customer_id, source) WHERE source IS NOT NULL;
CREATE TRIGGER document_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON document
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What goes along with a message.
CREATE TABLE message_document (
  message_id  bigint NOT NULL REFERENCES message,
  document_id bigint NOT NULL REFERENCES document,
  PRIMARY KEY (message_id, document_id)
);

REVOKE UPDATE, DELETE, TRUNCATE ON document FROM cartera_app;
