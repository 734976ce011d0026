-- A message of a purpose of its own: the word to a customer on the day before a promised payment.

-- Which templates there are is said once, by the program.
ALTER TABLE message DROP CONSTRAINT message_template_check;
ALTER TABLE message ADD CONSTRAINT message_template_check CHECK (template ~ '^[a-z_]+$');

-- Each instalment is reminded of at most once: the primary key says so.
CREATE TABLE promise_reminder (
  promise_id bigint NOT NULL,
  no         int NOT NULL,
  message_id bigint NOT NULL REFERENCES message,
  PRIMARY KEY (promise_id, no),
  FOREIGN KEY (promise_id, no) REFERENCES promise_instalment
);
CREATE INDEX promise_reminder_message ON promise_reminder (message_id);
