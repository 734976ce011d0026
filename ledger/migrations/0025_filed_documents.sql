-- Documents that came from outside and what they are about: a contract is the customer's, an invoice or a signed delivery
-- note belongs to receivables.

CREATE TABLE document_receivable (
  document_id   bigint NOT NULL REFERENCES document,
  receivable_id bigint NOT NULL REFERENCES receivable,
  PRIMARY KEY (document_id, receivable_id)
);
CREATE INDEX document_of_receivable ON document_receivable (receivable_id);
CREATE TRIGGER document_receivable_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON document_receivable
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON document_receivable FROM cartera_app;
