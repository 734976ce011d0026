-- What needs somebody's authority: who holds which role, what waits for whom, who answered what.

-- A person of the company who can be written to.
CREATE TABLE colleague (
  company  text NOT NULL REFERENCES company,
  person   text NOT NULL,
  name     text NOT NULL,
  email    text,
  language text NOT NULL DEFAULT 'es-MX',
  -- The mail server refused the address: not written to again until another is given.
  refused_at     timestamptz,
  refused_reason text,
  PRIMARY KEY (company, person)
);
CREATE TABLE role_holder (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company    text NOT NULL REFERENCES company,
  person     text NOT NULL,
  role       text NOT NULL,
  -- '': of every branch.
  branch     text NOT NULL DEFAULT '',
  granted_by text NOT NULL,
  granted_at timestamptz NOT NULL,
  revoked_by text,
  revoked_at timestamptz,
  FOREIGN KEY (company, person) REFERENCES colleague,
  -- Nobody raises themselves.
  CONSTRAINT granted_by_another CHECK (granted_by <> person)
);
CREATE UNIQUE INDEX role_held_once ON role_holder (company, role, branch, person) WHERE revoked_at IS NULL;
CREATE INDEX role_of_person ON role_holder (company, person) WHERE revoked_at IS NULL;

-- A role begins held and ends revoked, once; who held it when stays readable.
CREATE FUNCTION check_role_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.revoked_at IS NULL THEN RETURN NEW; END IF;
  IF TG_OP = 'UPDATE' AND OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL AND NEW.revoked_by IS NOT NULL
     AND (to_jsonb(OLD) - '{revoked_by,revoked_at}'::text[]) = (to_jsonb(NEW) - '{revoked_by,revoked_at}'::text[]) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a role is granted, then revoked' USING ERRCODE = 'check_violation', CONSTRAINT = 'role_holder_kept';
END $$;
CREATE TRIGGER role_holder_checked BEFORE INSERT OR UPDATE ON role_holder FOR EACH ROW EXECUTE FUNCTION check_role_holder();
CREATE TRIGGER role_holder_kept BEFORE DELETE OR TRUNCATE ON role_holder
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Who holds a role, of a branch or of all, and who answers for each on a day: themselves, a stand-in who is there, or nobody.
CREATE FUNCTION role_answers(p_company text, p_branch text, p_role text, p_on date)
RETURNS TABLE (person text, answers text) LANGUAGE sql STABLE AS $$
  WITH away AS MATERIALIZED (SELECT a.person, a.stand_in FROM away_on(p_company, p_on) a)
  SELECT h.person, CASE WHEN a.person IS NULL THEN h.person
                        WHEN a.stand_in IN (SELECT w.person FROM away w) THEN NULL ELSE a.stand_in END
  FROM (SELECT DISTINCT r.person FROM role_holder r
        WHERE r.company = p_company AND r.role = p_role AND r.branch IN ('', p_branch) AND r.revoked_at IS NULL) h
  LEFT JOIN away a ON a.person = h.person
$$;

CREATE TABLE approval (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company      text NOT NULL REFERENCES company,
  kind         text NOT NULL,
  -- Unique while it waits, so that the same isn't asked twice.
  subject      text NOT NULL,
  customer_id  bigint REFERENCES customer,
  branch       text NOT NULL,
  policy_id    bigint NOT NULL REFERENCES policy_version,
  requester    text NOT NULL,
  -- Everybody who asked: the requester first. None of them decides.
  askers       text[] NOT NULL,
  why          text NOT NULL,
  currency     char(3),
  amount_minor bigint CHECK (amount_minor >= 0),
  days_past_due int NOT NULL,
  -- The command that is carried out on yes: { command, caseKey, input }.
  content      jsonb NOT NULL,
  on_yes       jsonb NOT NULL,
  on_no        jsonb NOT NULL,
  -- As the matrix stood when it was asked.
  levels       jsonb NOT NULL,
  level        int NOT NULL,
  -- Since when it is that level's turn, and which of its reminders have gone.
  level_since  timestamptz NOT NULL,
  reminded     int NOT NULL DEFAULT 0,
  -- Until when that level is to answer, as it was last reckoned.
  answer_by    timestamptz,
  state        text NOT NULL CHECK (state IN ('open', 'approved', 'refused', 'withdrawn', 'stale', 'overtaken')),
  requested_at timestamptz NOT NULL,
  requested_on date NOT NULL,
  closed_at    timestamptz,
  closed_why   text,
  CHECK ((currency IS NULL) = (amount_minor IS NULL)),
  CHECK ((state = 'open') = (closed_at IS NULL)),
  CHECK (askers[1] = requester)
);
CREATE UNIQUE INDEX approval_open_once ON approval (company, kind, subject) WHERE state = 'open';
CREATE INDEX approval_waiting ON approval (company, id) WHERE state = 'open';
CREATE INDEX approval_turn ON approval (company, (levels -> level ->> 'role'), id) WHERE state = 'open';
CREATE INDEX approval_of_customer ON approval (customer_id) WHERE customer_id IS NOT NULL;

CREATE TABLE approval_item (
  approval_id   bigint NOT NULL REFERENCES approval,
  receivable_id bigint NOT NULL REFERENCES receivable,
  ceiling_minor bigint NOT NULL CHECK (ceiling_minor >= 0),
  -- Promises and disputes about it when it was asked: another one makes the answer stale.
  promises      bigint[] NOT NULL,
  disputes      bigint[] NOT NULL,
  PRIMARY KEY (approval_id, receivable_id)
);
CREATE INDEX approval_item_receivable ON approval_item (receivable_id);

CREATE TABLE approval_vote (
  approval_id bigint NOT NULL REFERENCES approval,
  level       int NOT NULL,
  person      text NOT NULL,
  -- In whose place: the same person, or who they stand in for.
  holder      text NOT NULL,
  agrees      boolean NOT NULL,
  why         text NOT NULL,
  voted_on    date NOT NULL,
  voted_at    timestamptz NOT NULL,
  PRIMARY KEY (approval_id, person),
  UNIQUE (approval_id, holder)
);

-- Whatever the code does: who asked doesn't decide, nobody decides twice, nobody decides what isn't theirs.
CREATE FUNCTION check_vote() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a approval; v_role text;
BEGIN
  SELECT * INTO STRICT a FROM approval WHERE id = NEW.approval_id FOR UPDATE;
  IF a.state <> 'open' OR a.level <> NEW.level THEN
    RAISE EXCEPTION 'approval % does not wait for level %', a.id, NEW.level
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_in_turn';
  END IF;
  IF NEW.person = ANY (a.askers) OR NEW.holder = ANY (a.askers) THEN
    RAISE EXCEPTION 'who asks for approval % does not decide it', a.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_of_another';
  END IF;
  IF EXISTS (SELECT FROM approval_vote v WHERE v.approval_id = a.id
             AND (v.person IN (NEW.person, NEW.holder) OR v.holder IN (NEW.person, NEW.holder))) THEN
    RAISE EXCEPTION 'nobody decides approval % twice', a.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_once';
  END IF;
  v_role := a.levels -> a.level ->> 'role';
  IF NOT EXISTS (SELECT FROM role_holder h WHERE h.company = a.company AND h.person = NEW.holder AND h.role = v_role
                 AND h.branch IN ('', a.branch) AND h.revoked_at IS NULL) THEN
    RAISE EXCEPTION '% does not hold the role % for approval %', NEW.holder, v_role, a.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_of_holder';
  END IF;
  -- By the company's day of the vote, whatever day is written.
  IF NEW.voted_on <> (SELECT (NEW.voted_at AT TIME ZONE c.time_zone)::date FROM company c WHERE c.id = a.company) THEN
    RAISE EXCEPTION 'a vote is of the day on which it is given'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_of_its_day';
  END IF;
  IF NEW.person <> NEW.holder AND NOT EXISTS (
       SELECT FROM role_answers(a.company, a.branch, v_role, NEW.voted_on) r WHERE r.person = NEW.holder AND r.answers = NEW.person) THEN
    RAISE EXCEPTION '% does not stand in for %', NEW.person, NEW.holder
      USING ERRCODE = 'check_violation', CONSTRAINT = 'vote_of_stand_in';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER vote_checked BEFORE INSERT ON approval_vote FOR EACH ROW EXECUTE FUNCTION check_vote();
CREATE TRIGGER vote_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON approval_vote
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was asked stays as it was asked; it is granted by votes and in no other way; what is decided stays decided.
CREATE FUNCTION check_approval() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_level int; v_missing int; v_asked jsonb; v_day date;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' OR NEW.level <> 0 OR jsonb_array_length(NEW.levels) = 0 THEN
      RAISE EXCEPTION 'an approval begins open, at its first level'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_begins';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'open' THEN
    RAISE EXCEPTION 'approval % is decided', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_decided';
  END IF;
  IF (to_jsonb(OLD) - '{level,level_since,reminded,answer_by,state,closed_at,closed_why}'::text[])
     IS DISTINCT FROM (to_jsonb(NEW) - '{level,level_since,reminded,answer_by,state,closed_at,closed_why}'::text[]) THEN
    RAISE EXCEPTION 'what approval % asks for does not change', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_fixed';
  END IF;
  v_asked := OLD.levels -> OLD.level;
  v_missing := (v_asked ->> 'quorum')::int
    - (SELECT count(*) FROM approval_vote v WHERE v.approval_id = OLD.id AND v.level = OLD.level AND v.agrees);
  IF NEW.level <> OLD.level THEN
    IF NEW.level <> OLD.level + 1 OR NEW.level >= jsonb_array_length(NEW.levels) OR NEW.state <> 'open' THEN
      RAISE EXCEPTION 'approval % goes from level to level', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_level';
    END IF;
    -- Onwards: it agreed, or it had its time, or too few of it are there to answer.
    IF v_missing > 0 AND NEW.level_since < OLD.level_since + make_interval(hours => (v_asked ->> 'answer_within_hours')::int) THEN
      SELECT (NEW.level_since AT TIME ZONE c.time_zone)::date INTO v_day FROM company c WHERE c.id = OLD.company;
      IF v_missing <= (
        WITH voted AS (SELECT unnest(ARRAY[v.person, v.holder]) AS person FROM approval_vote v WHERE v.approval_id = OLD.id
                       UNION SELECT unnest(OLD.askers))
        SELECT count(DISTINCT r.answers) FROM role_answers(OLD.company, OLD.branch, v_asked ->> 'role', v_day) r
        WHERE r.person NOT IN (SELECT person FROM voted) AND r.answers NOT IN (SELECT person FROM voted)) THEN
        RAISE EXCEPTION 'level % of approval % has not had its time', OLD.level, OLD.id
          USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_level';
      END IF;
    END IF;
  END IF;
  IF NEW.state = 'refused' AND NOT EXISTS (SELECT FROM approval_vote v WHERE v.approval_id = OLD.id AND NOT v.agrees) THEN
    RAISE EXCEPTION 'nobody refused approval %', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_by_votes';
  END IF;
  IF NEW.state IN ('approved', 'stale') THEN
    -- The last level that was asked agreed with its quorum, and no level after it has to be asked.
    IF EXISTS (SELECT FROM approval_vote v WHERE v.approval_id = OLD.id AND NOT v.agrees) OR v_missing > 0 THEN
      RAISE EXCEPTION 'approval % lacks votes', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_by_votes';
    END IF;
    FOR v_level IN NEW.level + 1 .. jsonb_array_length(NEW.levels) - 1 LOOP
      IF NOT (NEW.levels -> v_level ->> 'onSilence')::boolean THEN
        RAISE EXCEPTION 'approval % was not asked at every level', OLD.id
          USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_by_votes';
      END IF;
    END LOOP;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approval_checked BEFORE INSERT OR UPDATE ON approval FOR EACH ROW EXECUTE FUNCTION check_approval();
CREATE TRIGGER approval_kept BEFORE DELETE OR TRUNCATE ON approval
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approval_item_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON approval_item
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON approval_vote, approval_item FROM cartera_app;
REVOKE DELETE, TRUNCATE ON approval, role_holder, colleague FROM cartera_app;

-- A step of the ladder that needs somebody's yes waits for it.
ALTER TABLE receivable_step ADD COLUMN approval_id bigint REFERENCES approval;
CREATE INDEX step_of_approval ON receivable_step (approval_id) WHERE approval_id IS NOT NULL;

-- What people of the company are told about approvals: what was asked of them since goes into one mail.
CREATE TABLE staff_mail (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  person      text NOT NULL,
  -- The approval whose workflow sends it.
  approval_id bigint NOT NULL REFERENCES approval,
  state       text NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'skipped', 'failed')),
  attempts    int NOT NULL DEFAULT 0,
  next_try_at timestamptz NOT NULL,
  mail_id     text NOT NULL UNIQUE,
  raw         bytea,
  recipient   text,
  -- Why it waits, or wasn't sent.
  reason      text,
  created_at  timestamptz NOT NULL,
  sent_at     timestamptz
);
CREATE UNIQUE INDEX staff_mail_waiting_once ON staff_mail (company, person) WHERE state = 'pending';
CREATE INDEX staff_mail_of_approval ON staff_mail (approval_id) WHERE state IN ('pending', 'sending');
CREATE TABLE approval_notice (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  approval_id bigint NOT NULL REFERENCES approval,
  level       int NOT NULL,
  person      text NOT NULL,
  -- In whose place they are asked: their own, or of who is away.
  holder      text NOT NULL,
  reason      text NOT NULL CHECK (reason IN ('asked', 'reminded', 'escalated')),
  -- Which reminder of the level; 0 for the first word.
  turn        int NOT NULL,
  mail_id     bigint REFERENCES staff_mail,
  created_at  timestamptz NOT NULL,
  UNIQUE (approval_id, level, person, turn)
);
CREATE INDEX approval_notice_unsent ON approval_notice (person) WHERE mail_id IS NULL;
CREATE INDEX approval_notice_mail ON approval_notice (mail_id) WHERE mail_id IS NOT NULL;
CREATE INDEX staff_mail_sent ON staff_mail (company, person, sent_at);
REVOKE DELETE, TRUNCATE ON staff_mail, approval_notice FROM cartera_app;

-- That nobody holds a role which is asked is told once, until somebody does.
CREATE UNIQUE INDEX exception_role_unheld ON exception (company, (detail ->> 'role'), (detail ->> 'branch'))
  WHERE kind = 'role_unheld' AND resolved_at IS NULL;
