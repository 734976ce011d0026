-- Each promise is confirmed to the customer at most once: the primary key says so.
CREATE TABLE promise_confirmation (
  promise_id bigint PRIMARY KEY REFERENCES promise,
  message_id bigint NOT NULL REFERENCES message
);
CREATE INDEX promise_confirmation_message ON promise_confirmation (message_id);
