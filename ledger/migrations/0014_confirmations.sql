-- Balances that customers are asked to confirm, what they answered, and where it differs.

-- Which templates there are is said once, by the program.
ALTER TABLE message DROP CONSTRAINT IF EXISTS message_template_check;
ALTER TABLE message ADD CONSTRAINT message_template_check CHECK (template ~ '^[a-z_]+$');

CREATE TABLE confirmation (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  customer_id bigint NOT NULL REFERENCES customer,
  case_id     bigint NOT NULL REFERENCES collection_case,
  -- confirmation: an answer is wanted in any case; notification: only when it differs; request: the customer states its balance.
  mode        text NOT NULL CHECK (mode IN ('confirmation', 'notification', 'request')),
  as_of       date NOT NULL,
  state       text NOT NULL CHECK (state IN ('asked', 'agreed', 'differs', 'unopposed', 'withdrawn')),
  asked_on    date NOT NULL,
  asked_by    text NOT NULL,
  -- When nobody has answered: reminded, called; a notification is taken as agreed to.
  remind_on   date,
  call_on     date,
  closes_on   date,
  message_id  bigint REFERENCES message,
  reminder_id bigint REFERENCES message,
  called_on   date,
  answered_on date,
  answered_by text,
  dispute_id  bigint REFERENCES dispute,
  closed_on   date,
  CHECK ((mode = 'notification') = (closes_on IS NOT NULL) AND (mode = 'notification') = (remind_on IS NULL)),
  CHECK ((state IN ('agreed', 'differs')) = (answered_on IS NOT NULL))
);
CREATE UNIQUE INDEX confirmation_open_once ON confirmation (case_id) WHERE state = 'asked';
CREATE INDEX confirmation_customer ON confirmation (customer_id);
CREATE INDEX confirmation_message ON confirmation (message_id);
CREATE INDEX confirmation_reminder ON confirmation (reminder_id) WHERE reminder_id IS NOT NULL;

-- What was open in the books on the day asked about, as it was known when it was asked; credits are negative.
CREATE TABLE confirmation_item (
  confirmation_id bigint NOT NULL REFERENCES confirmation,
  receivable_id   bigint NOT NULL REFERENCES receivable,
  due_on          date NOT NULL,
  ours_minor      bigint NOT NULL,
  PRIMARY KEY (confirmation_id, receivable_id)
);

-- Where the customer's books differ.
CREATE TABLE confirmation_difference (
  confirmation_id bigint NOT NULL REFERENCES confirmation,
  no              int NOT NULL,
  -- NULL: a document that only the customer has; both NULL: what no document explains of a total.
  receivable_id   bigint REFERENCES receivable,
  document        text,
  currency        char(3) NOT NULL,
  ours_minor      bigint NOT NULL,
  theirs_minor    bigint NOT NULL,
  PRIMARY KEY (confirmation_id, no),
  CHECK (ours_minor <> theirs_minor)
);
