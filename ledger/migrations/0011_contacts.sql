-- Tasks that come back, whom they go to while somebody is away, what was said on the spot, and money taken there.

ALTER TABLE task ADD COLUMN priority text NOT NULL DEFAULT 'normal' CHECK (priority IN ('high', 'normal', 'low'));
-- Not to be taken up before this day: nobody answered, or "call me on Friday".
ALTER TABLE task ADD COLUMN resubmit_on date;
-- When and where a visit, or a call, is agreed for.
ALTER TABLE task ADD COLUMN planned_at timestamptz;
ALTER TABLE task ADD COLUMN place text;
-- A person asked for it: it isn't taken back because its receivables aren't chased just now.
ALTER TABLE task ADD COLUMN by_hand boolean NOT NULL DEFAULT false;

-- When and where the conversation really was; `at` is when it was logged.
ALTER TABLE contact_log ADD COLUMN began_at timestamptz;
ALTER TABLE contact_log ADD COLUMN ended_at timestamptz;
ALTER TABLE contact_log ADD COLUMN place text;
-- What the policy called the result then, where the program has no words for it.
ALTER TABLE contact_log ADD COLUMN result_words jsonb;
CREATE INDEX contact_log_task ON contact_log (task_id) WHERE task_id IS NOT NULL;

-- What came of a conversation.
CREATE TABLE contact_link (
  contact_id bigint NOT NULL REFERENCES contact_log,
  what       text NOT NULL CHECK (what IN ('promise', 'dispute', 'announcement', 'task', 'provisional')),
  id         bigint NOT NULL,
  PRIMARY KEY (contact_id, what, id)
);

-- A photo, a signed paper, a deposit slip: its content by its SHA-256, and what it proves.
CREATE TABLE proof (
  about      text NOT NULL CHECK (about IN ('contact', 'announcement', 'provisional')),
  about_id   bigint NOT NULL,
  sha256     text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  name       text NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('photo', 'signed', 'slip', 'other')),
  added_at   timestamptz NOT NULL,
  added_by   text NOT NULL,
  PRIMARY KEY (about, about_id, sha256)
);

-- A receipt written by hand where the money was taken. Not money in the books: it waits to become a posted receipt.
CREATE TABLE provisional_receipt (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company      text NOT NULL REFERENCES company,
  -- Of the company, in order and without gaps: a spoilt one keeps its number.
  number       int NOT NULL,
  customer_id  bigint NOT NULL REFERENCES customer,
  currency     char(3) NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  form         text NOT NULL,
  received_from text NOT NULL,
  state        text NOT NULL CHECK (state IN ('open', 'converted', 'cancelled')),
  issued_on    date NOT NULL,
  issued_by    text NOT NULL,
  recorded_at  timestamptz NOT NULL,
  -- Last day on which it may still be open; after it the supervisor is told.
  convert_by   date NOT NULL,
  told_on      date,
  receipt_id   bigint REFERENCES receipt,
  closed_on    date,
  UNIQUE (company, number),
  CHECK (receipt_id IS NULL OR state = 'converted')
);
CREATE INDEX provisional_customer ON provisional_receipt (customer_id);
CREATE INDEX provisional_open ON provisional_receipt (company, convert_by) WHERE state = 'open';
CREATE INDEX provisional_receipt_of ON provisional_receipt (receipt_id) WHERE receipt_id IS NOT NULL;
CREATE TABLE provisional_item (
  provisional_id bigint NOT NULL REFERENCES provisional_receipt,
  receivable_id  bigint NOT NULL REFERENCES receivable,
  PRIMARY KEY (provisional_id, receivable_id)
);
CREATE INDEX provisional_item_receivable ON provisional_item (receivable_id);
ALTER TABLE company ADD COLUMN provisional_seq int NOT NULL DEFAULT 0;

-- Who is away, from a day to a day, and who stands in. Without one, or in a circle: the supervisor.
CREATE TABLE absence (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  person      text NOT NULL,
  stand_in    text,
  from_on     date NOT NULL,
  to_on       date NOT NULL,
  -- First day back, when that is sooner than planned.
  back_on     date,
  reason      text NOT NULL,
  recorded_by text NOT NULL,
  recorded_at timestamptz NOT NULL,
  CHECK (to_on >= from_on),
  CHECK (stand_in <> person)
);
CREATE INDEX absence_person ON absence (company, person, to_on);

-- Who is away on a day, each once.
CREATE FUNCTION away_on(p_company text, p_on date) RETURNS TABLE (person text, stand_in text) LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (a.person) a.person, a.stand_in FROM absence a
  WHERE a.company = p_company AND a.from_on <= p_on AND a.to_on >= p_on AND (a.back_on IS NULL OR a.back_on > p_on)
  ORDER BY a.person, a.id
$$;

-- Whom the policy that holds for a customer names as supervisor.
CREATE FUNCTION supervisor_of(p_customer bigint) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT v.document ->> 'supervisor' FROM customer c
  JOIN policy_assignment s ON s.company = c.company
    AND (s.scope = 'customer' AND s.subject = c.code OR s.scope = 'segment' AND s.subject = c.segment OR s.scope = 'company')
  JOIN policy_version v ON v.company = s.company AND v.code = s.code
  WHERE c.id = p_customer
  ORDER BY CASE s.scope WHEN 'customer' THEN 1 WHEN 'segment' THEN 2 ELSE 3 END, v.version DESC LIMIT 1
$$;

-- In whose worklist a task of `p_owner` is on a day: the owner's; else that of the stand-in, of the stand-in's stand-in,
-- and in the end the supervisor's. The row of the task doesn't change, so that the end of an absence gives it back.
CREATE FUNCTION task_owner(p_company text, p_owner text, p_customer bigint, p_on date) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_person text := p_owner; v_next text; v_seen text[] := '{}';
BEGIN
  LOOP
    SELECT a.stand_in INTO v_next FROM away_on(p_company, p_on) a WHERE a.person = v_person;
    IF NOT FOUND THEN RETURN v_person; END IF;
    v_seen := v_seen || v_person;
    IF v_next IS NULL OR v_next = ANY (v_seen) THEN
      v_next := supervisor_of(p_customer);
      -- Everybody is away, the supervisor too: there it stays.
      IF v_next IS NULL OR v_next = ANY (v_seen) THEN RETURN coalesce(v_next, p_owner); END IF;
    END IF;
    v_person := v_next;
  END LOOP;
END $$;
