-- What used to be a task to ask for an approval is an approval.

CREATE TABLE suspension_extension (
  receivable_id bigint NOT NULL REFERENCES receivable,
  -- NULL: granted before there were approvals.
  approval_id   bigint REFERENCES approval,
  granted_on    date NOT NULL,
  UNIQUE (approval_id, receivable_id)
);
CREATE INDEX suspension_extension_receivable ON suspension_extension (receivable_id);
CREATE TRIGGER suspension_extension_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON suspension_extension
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON suspension_extension FROM cartera_app;

INSERT INTO suspension_extension (receivable_id, granted_on)
SELECT i.receivable_id, coalesce(t.closed_at, t.opened_at)::date FROM task t JOIN task_item i ON i.task_id = t.id
WHERE t.kind = 'request_approval' AND t.subject = 'suspended too long' AND t.state = 'done';

-- Those that wait are asked for anew, of whoever has the authority.
UPDATE receivable r SET touched = true FROM task t JOIN task_item i ON i.task_id = t.id
WHERE t.kind = 'request_approval' AND t.state = 'open' AND r.id = i.receivable_id;
UPDATE collection_case k SET facts_version = facts_version + 1
WHERE EXISTS (SELECT FROM task t WHERE t.case_id = k.id AND t.kind = 'request_approval' AND t.state = 'open');
DELETE FROM receivable_step s USING task t
WHERE s.task_id = t.id AND s.state = 'pending' AND t.kind = 'request_approval' AND t.state = 'open';
UPDATE task SET state = 'overtaken', closed_at = now(), closed_why = 'nothing left to do'
WHERE kind = 'request_approval' AND state = 'open';

-- Money that was posted before the bank said so, by whose agreement.
ALTER TABLE receipt ADD COLUMN approval_id bigint REFERENCES approval;
