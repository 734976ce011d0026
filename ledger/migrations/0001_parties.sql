-- Who owes, who pays, who is asked; and the journal that remembers every change.

CREATE TABLE company (
  id                   text PRIMARY KEY,
  name                 text NOT NULL,
  time_zone            text NOT NULL,
  -- Posting dates on or before this day are refused: the books of the period are closed.
  books_closed_through date,
  journal_seq          bigint NOT NULL DEFAULT 0,
  journal_hash         bytea NOT NULL DEFAULT ''
);

CREATE TABLE policy_version (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company    text NOT NULL REFERENCES company,
  code       text NOT NULL,
  version    int NOT NULL,
  hash       text NOT NULL,
  document   jsonb NOT NULL,
  published_at timestamptz NOT NULL,
  UNIQUE (company, code, version)
);

-- Which policy is current for whom. Precedence: receivable > customer > segment > company.
CREATE TABLE policy_assignment (
  company text NOT NULL REFERENCES company,
  scope   text NOT NULL CHECK (scope IN ('customer', 'segment', 'company')),
  subject text NOT NULL,
  code    text NOT NULL,
  PRIMARY KEY (company, scope, subject)
);

CREATE TABLE payer (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company text NOT NULL REFERENCES company,
  code    text NOT NULL,
  name    text NOT NULL,
  UNIQUE (company, code)
);

CREATE TABLE customer (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company      text NOT NULL REFERENCES company,
  code         text NOT NULL,
  name         text NOT NULL,
  segment      text NOT NULL DEFAULT '',
  branch       text NOT NULL DEFAULT '',
  language     text NOT NULL DEFAULT 'es-MX',
  time_zone    text NOT NULL DEFAULT 'America/Mexico_City',
  -- NULL: the policy's calendar.
  calendar     text,
  analyst      text NOT NULL DEFAULT '',
  payer_id     bigint NOT NULL REFERENCES payer,
  -- A group of customers is locked head first.
  head_id      bigint REFERENCES customer,
  -- Accepts invoices only on review days: an invoice runs from its acceptance.
  requires_presentation boolean NOT NULL DEFAULT false,
  journal_seq  bigint NOT NULL DEFAULT 0,
  journal_hash bytea NOT NULL DEFAULT '',
  UNIQUE (company, code)
);
CREATE INDEX customer_payer ON customer (payer_id);
CREATE INDEX customer_analyst ON customer (company, analyst);

CREATE TABLE contact (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id    bigint NOT NULL REFERENCES customer,
  -- '' : speaks for the whole customer; otherwise for one construction site.
  site           text NOT NULL DEFAULT '',
  name           text NOT NULL DEFAULT '',
  email          text,
  phone          text,
  -- Lower is asked first.
  rank           int NOT NULL DEFAULT 1,
  refused_at     timestamptz,
  refused_reason text
);
CREATE UNIQUE INDEX contact_email ON contact (customer_id, site, lower(email)) WHERE email IS NOT NULL;

-- The journal: one chain per customer and one per company. `entry` is the canonical text (jsonb's own
-- output: one spelling per value) that the hash covers; the other columns are read off it, so that they
-- can't say anything else.
CREATE FUNCTION journal_field(entry text, field text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (entry::jsonb) ->> field;
CREATE FUNCTION journal_receivables(entry text) RETURNS jsonb
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (entry::jsonb) -> 'receivables';

CREATE TABLE journal (
  chain       text NOT NULL,
  seq         bigint NOT NULL,
  entry       text NOT NULL,
  hash        bytea NOT NULL,
  event       text GENERATED ALWAYS AS (journal_field(entry, 'event')) STORED,
  receivables jsonb GENERATED ALWAYS AS (journal_receivables(entry)) STORED,
  PRIMARY KEY (chain, seq)
);
CREATE INDEX journal_of_receivable ON journal USING gin (receivables jsonb_path_ops);

-- Appends to the chain of a customer, or of the company when no customer is given. The caller holds
-- that row's lock (or takes it here), so a chain never forks.
CREATE FUNCTION journal_append(p_company text, p_customer bigint, p_entry jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  v_chain text; v_seq bigint; v_previous bytea; v_entry text; v_hash bytea;
BEGIN
  IF p_customer IS NULL THEN
    v_chain := 'company:' || p_company;
    SELECT journal_seq + 1, journal_hash INTO STRICT v_seq, v_previous FROM company WHERE id = p_company FOR NO KEY UPDATE;
  ELSE
    v_chain := 'customer:' || p_customer;
    SELECT journal_seq + 1, journal_hash INTO STRICT v_seq, v_previous FROM customer WHERE id = p_customer FOR NO KEY UPDATE;
  END IF;
  v_entry := (p_entry || jsonb_build_object('chain', v_chain, 'seq', v_seq))::text;
  v_hash := sha256(v_previous || convert_to(v_entry, 'UTF8'));
  INSERT INTO journal (chain, seq, entry, hash) VALUES (v_chain, v_seq, v_entry, v_hash);
  IF p_customer IS NULL THEN
    UPDATE company SET journal_seq = v_seq, journal_hash = v_hash WHERE id = p_company;
  ELSE
    UPDATE customer SET journal_seq = v_seq, journal_hash = v_hash WHERE id = p_customer;
  END IF;
  RETURN v_seq;
END $$;

-- What is written once stays as written, whoever asks.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, lower(TG_OP) USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Answers of commands, so that the same key asked again gets the same answer.
CREATE TABLE command (
  company      text NOT NULL REFERENCES company,
  key          text NOT NULL,
  name         text NOT NULL,
  content_hash text NOT NULL,
  answer       jsonb NOT NULL,
  actor        text NOT NULL,
  recorded_at  timestamptz NOT NULL,
  PRIMARY KEY (company, key)
);
CREATE TRIGGER command_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON command
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
