-- Statements of account for all customers of a branch: who was to get one on a day, and what became of each.

CREATE TABLE statement_run (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  branch      text NOT NULL,
  time_zone   text NOT NULL,
  -- The customers' day; a second run of it is the same run.
  day         date NOT NULL,
  begun_at    timestamptz NOT NULL,
  begun_by    text NOT NULL,
  finished_at timestamptz,
  UNIQUE (company, branch, time_zone, day)
);

CREATE TABLE statement_run_item (
  run_id      bigint NOT NULL REFERENCES statement_run,
  customer_id bigint NOT NULL REFERENCES customer,
  -- waiting: to be mailed; mailed: its message is planned, which tells the rest; print: goes into the pack; skipped: why.
  state       text NOT NULL CHECK (state IN ('waiting', 'mailed', 'print', 'skipped')),
  why         text,
  message_id  bigint UNIQUE REFERENCES message,
  PRIMARY KEY (run_id, customer_id),
  CHECK ((state = 'mailed') = (message_id IS NOT NULL))
);
CREATE INDEX statement_run_waiting ON statement_run_item (run_id, customer_id) WHERE state = 'waiting';

GRANT SELECT, INSERT, UPDATE ON statement_run, statement_run_item TO cartera_app;
