-- What is agreed with customers, and what is said and done about their receivables.

CREATE TABLE promise (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company      text NOT NULL REFERENCES company,
  customer_id  bigint NOT NULL REFERENCES customer,
  currency     char(3) NOT NULL,
  state        text NOT NULL CHECK (state IN ('open', 'kept', 'partially_kept', 'broken', 'withdrawn', 'replaced')),
  made_on      date NOT NULL,
  made_by      text NOT NULL,
  recorded_at  timestamptz NOT NULL,
  grace_working_days int NOT NULL,
  threshold_percent  int NOT NULL,
  -- Money counts for it from the transfer after this one.
  after_transfer bigint NOT NULL,
  -- Not kept through an error of ours: doesn't count against the customer.
  supplier_error boolean NOT NULL DEFAULT false,
  replaces_id  bigint UNIQUE REFERENCES promise,
  closed_on    date
);
CREATE INDEX promise_customer ON promise (customer_id);
CREATE TABLE promise_item (
  promise_id    bigint NOT NULL REFERENCES promise,
  receivable_id bigint NOT NULL REFERENCES receivable,
  -- Of an open promise. At most one per receivable.
  active        boolean NOT NULL,
  PRIMARY KEY (promise_id, receivable_id)
);
CREATE UNIQUE INDEX one_open_promise ON promise_item (receivable_id) WHERE active;
CREATE INDEX promise_item_receivable ON promise_item (receivable_id);
CREATE TABLE promise_instalment (
  promise_id   bigint NOT NULL REFERENCES promise,
  no           int NOT NULL,
  due_on       date NOT NULL,
  -- due_on + grace, as the calendar stood when it was promised; after it the outcome is known.
  decided_after date NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  PRIMARY KEY (promise_id, no)
);

CREATE TABLE announced_payment (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company      text NOT NULL REFERENCES company,
  customer_id  bigint NOT NULL REFERENCES customer,
  currency     char(3) NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  tracking_key text,
  state        text NOT NULL CHECK (state IN ('open', 'arrived', 'lapsed', 'withdrawn')),
  announced_on date NOT NULL,
  lapses_after date NOT NULL,
  recorded_at  timestamptz NOT NULL,
  closed_on    date
);
CREATE INDEX announced_customer ON announced_payment (customer_id);
CREATE TABLE announced_item (
  announced_id  bigint NOT NULL REFERENCES announced_payment,
  receivable_id bigint NOT NULL REFERENCES receivable,
  PRIMARY KEY (announced_id, receivable_id)
);
CREATE INDEX announced_item_receivable ON announced_item (receivable_id);

CREATE TABLE dispute (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  customer_id bigint NOT NULL REFERENCES customer,
  reason      text NOT NULL,
  owner       text NOT NULL,
  opened_on   date NOT NULL,
  opened_at   timestamptz NOT NULL,
  resolved_on date,
  resolved_at timestamptz,
  outcome     text
);
CREATE INDEX dispute_customer ON dispute (customer_id);
CREATE TABLE dispute_line (
  dispute_id    bigint NOT NULL REFERENCES dispute,
  receivable_id bigint NOT NULL REFERENCES receivable,
  -- As claimed; what counts is capped at what is open, payments consume the undisputed part first.
  amount_minor  bigint NOT NULL CHECK (amount_minor > 0),
  PRIMARY KEY (dispute_id, receivable_id)
);
CREATE INDEX dispute_line_receivable ON dispute_line (receivable_id);

CREATE TABLE pause (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company       text NOT NULL REFERENCES company,
  customer_id   bigint NOT NULL REFERENCES customer,
  -- NULL: everything of the customer.
  receivable_id bigint REFERENCES receivable,
  from_on       date NOT NULL,
  to_on         date NOT NULL,
  reason        text NOT NULL,
  resumed_on    date,
  CHECK (to_on >= from_on)
);
CREATE INDEX pause_customer ON pause (customer_id);

-- The outbox. A row is the intent to say something; nothing is sent that isn't here first.
CREATE TABLE message (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  case_id     bigint NOT NULL REFERENCES collection_case,
  purpose     text NOT NULL,
  planned_on  date NOT NULL,
  channel     text NOT NULL,
  -- Above 0 only for a fallback to another contact or a reasoned resend.
  sequence    int NOT NULL DEFAULT 0,
  template    text NOT NULL CHECK (template IN ('reminder', 'statement')),
  state       text NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'skipped', 'failed')),
  contact_id  bigint REFERENCES contact,
  attempts    int NOT NULL DEFAULT 0,
  next_try_at timestamptz NOT NULL,
  -- RFC 5322 Message-ID, the same at every attempt.
  mail_id     text NOT NULL UNIQUE,
  -- Stored by the claim; what is retried are these bytes.
  raw         bytea,
  subject     text,
  recipient   text,
  sent_at     timestamptz,
  reason      text,
  created_at  timestamptz NOT NULL,
  UNIQUE (case_id, purpose, planned_on, channel, sequence)
);
CREATE INDEX message_open ON message (case_id, next_try_at) WHERE state IN ('pending', 'sending');

CREATE TABLE task (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  customer_id bigint NOT NULL REFERENCES customer,
  case_id     bigint NOT NULL REFERENCES collection_case,
  kind        text NOT NULL CHECK (kind IN ('call', 'visit', 'fix_contact', 'apply_cash', 'hold_orders', 'release_orders',
                'review', 'request_approval', 'tell_supervisor')),
  -- Unique while open, so that a repeat finds it.
  subject     text NOT NULL,
  -- What the sentence shown for it needs, beside its items.
  detail      jsonb NOT NULL DEFAULT '{}',
  owner       text NOT NULL,
  state       text NOT NULL CHECK (state IN ('open', 'done', 'overtaken')),
  opened_on   date NOT NULL,
  opened_at   timestamptz NOT NULL,
  due_on      date NOT NULL,
  attempts    int NOT NULL DEFAULT 0,
  closed_at   timestamptz,
  closed_why  text
);
CREATE UNIQUE INDEX task_open_once ON task (case_id, kind, subject) WHERE state = 'open';
CREATE INDEX task_open_owner ON task (company, owner, due_on, id) WHERE state = 'open';
CREATE TABLE task_item (
  task_id       bigint NOT NULL REFERENCES task,
  receivable_id bigint NOT NULL REFERENCES receivable,
  PRIMARY KEY (task_id, receivable_id)
);
CREATE INDEX task_item_receivable ON task_item (receivable_id);

-- Each step at most once per receivable: the primary key says so.
CREATE TABLE receivable_step (
  receivable_id bigint NOT NULL REFERENCES receivable,
  step          text NOT NULL,
  action        text NOT NULL,
  -- pending: its message or task is on its way; done: it happened; skipped: it won't, and why.
  state         text NOT NULL CHECK (state IN ('pending', 'done', 'skipped')),
  on_date       date NOT NULL,
  reason        text,
  message_id    bigint REFERENCES message,
  task_id       bigint REFERENCES task,
  PRIMARY KEY (receivable_id, step)
);
CREATE INDEX step_of_message ON receivable_step (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX step_of_task ON receivable_step (task_id) WHERE task_id IS NOT NULL;

CREATE TABLE contact_log (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  customer_id bigint NOT NULL REFERENCES customer,
  case_id     bigint NOT NULL REFERENCES collection_case,
  task_id     bigint REFERENCES task,
  channel     text NOT NULL,
  person      text NOT NULL,
  result      text NOT NULL,
  notes       text NOT NULL,
  actor       text NOT NULL,
  at          timestamptz NOT NULL
);
CREATE INDEX contact_log_customer ON contact_log (customer_id, at);

-- The application's role: reads and adds; what is written once it can't touch, whatever the code does.
DO $$ BEGIN
  CREATE ROLE cartera_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO cartera_app;
REVOKE UPDATE, DELETE, TRUNCATE ON journal, transfer, command, receivable_term, account FROM cartera_app;
REVOKE ALL ON schema_migration FROM cartera_app;
GRANT SELECT ON schema_migration TO cartera_app;
DO $$ BEGIN
  EXECUTE format('GRANT cartera_app TO %I', current_user);
EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'cartera_app is not granted to %: %', current_user, SQLERRM; END $$;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO cartera_app;
