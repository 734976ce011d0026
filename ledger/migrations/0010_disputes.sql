-- Disputes that are worked on by people outside of the team, resolved in parts, split, and told by amounts; and
-- invoices that customers accept on their review days only.

ALTER TABLE dispute
  ADD COLUMN root_cause text,
  -- What the policy called reason and root cause when they were said, by language.
  ADD COLUMN words      jsonb NOT NULL DEFAULT '{}',
  -- Last day of the owner's service level; NULL: nobody is waited for.
  ADD COLUMN due_on       date,
  ADD COLUMN reminded_on  date,
  ADD COLUMN escalated_on date,
  -- Until it is resolved its receivables can't be presented.
  ADD COLUMN blocks_presentation boolean NOT NULL DEFAULT false,
  ADD COLUMN split_from bigint REFERENCES dispute,
  -- What moved the receivables' balances since is told from the transfer after this one.
  ADD COLUMN after_transfer bigint NOT NULL DEFAULT 0;
UPDATE dispute d SET after_transfer = coalesce((SELECT max(t.id) FROM transfer t WHERE t.company = d.company AND t.recorded_at <= d.opened_at), 0);
CREATE INDEX dispute_open ON dispute (company, coalesce(due_on, opened_on), id) WHERE resolved_on IS NULL;

ALTER TABLE dispute_line
  -- Of the amount, what is resolved. The rest is still claimed.
  ADD COLUMN resolved_minor bigint NOT NULL DEFAULT 0,
  -- Day on which a part of it was resolved last.
  ADD COLUMN resolved_on date;
UPDATE dispute_line l SET resolved_minor = l.amount_minor, resolved_on = d.resolved_on FROM dispute d
  WHERE d.id = l.dispute_id AND d.resolved_on IS NOT NULL;
ALTER TABLE dispute_line ADD CONSTRAINT resolved_within CHECK (resolved_minor BETWEEN 0 AND amount_minor);

-- How parts were resolved.
CREATE TABLE dispute_resolution (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dispute_id    bigint NOT NULL REFERENCES dispute,
  receivable_id bigint NOT NULL REFERENCES receivable,
  outcome       text NOT NULL CHECK (outcome IN ('credit_note', 'rebill', 'rejected', 'withdrawn')),
  -- Of what was claimed, and how much of that was open then.
  claim_minor   bigint NOT NULL CHECK (claim_minor > 0),
  amount_minor  bigint NOT NULL CHECK (amount_minor >= 0),
  -- The credit note, or the new invoice.
  document      text,
  -- The transfer that carried it out, and the last one before it.
  transfer_id    bigint REFERENCES transfer,
  after_transfer bigint NOT NULL,
  resolved_on   date NOT NULL,
  recorded_at   timestamptz NOT NULL,
  actor         text NOT NULL
);
CREATE INDEX resolution_of_dispute ON dispute_resolution (dispute_id);
CREATE TRIGGER resolution_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dispute_resolution
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What is claimed in open disputes of a receivable. What counts is capped at what is owed.
CREATE VIEW disputed AS
  SELECT l.receivable_id, sum(l.amount_minor - l.resolved_minor)::bigint AS minor
  FROM dispute_line l JOIN dispute d ON d.id = l.dispute_id WHERE d.resolved_on IS NULL GROUP BY l.receivable_id;

ALTER TABLE task DROP CONSTRAINT task_kind_check;
ALTER TABLE task ADD CONSTRAINT task_kind_check CHECK (kind IN
  ('call', 'visit', 'fix_contact', 'apply_cash', 'hold_orders', 'release_orders', 'review', 'request_approval',
   'tell_supervisor', 'resolve_dispute', 'present'));

-- When it takes invoices for review: weekdays, `mon,thu`, or some of them in a month, `1mon,3mon`. '' : any working day.
ALTER TABLE customer ADD COLUMN review_days text NOT NULL DEFAULT '';
