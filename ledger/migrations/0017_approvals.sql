-- What needs somebody's authority: who holds which role, what waits for whom, who answered what.

-- A person of the company who can be written to.
CREATE TABLE colleague (
  company  text NOT NULL REFERENCES company,
  person   text NOT NULL,
  name     text NOT NULL,
  email    text,
  language text NOT NULL DEFAULT 'es-MX',
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
CREATE INDEX approval_waiting ON approval (company, requested_at, id) WHERE state = 'open';
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
  IF NEW.person <> NEW.holder AND NOT EXISTS (
       SELECT FROM absence b WHERE b.company = a.company AND b.person = NEW.holder AND b.stand_in = NEW.person
         AND NEW.voted_on BETWEEN b.from_on AND b.to_on AND (b.back_on IS NULL OR b.back_on > NEW.voted_on)) THEN
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
DECLARE v_level int;
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
  IF (to_jsonb(OLD) - '{level,level_since,reminded,state,closed_at,closed_why}'::text[])
     IS DISTINCT FROM (to_jsonb(NEW) - '{level,level_since,reminded,state,closed_at,closed_why}'::text[]) THEN
    RAISE EXCEPTION 'what approval % asks for does not change', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_fixed';
  END IF;
  IF NEW.level < OLD.level OR NEW.level >= jsonb_array_length(NEW.levels) THEN
    RAISE EXCEPTION 'approval % goes from level to level', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_level';
  END IF;
  IF NEW.state IN ('approved', 'stale') THEN
    -- The last level that was asked agreed with its quorum, and no level after it has to be asked.
    IF EXISTS (SELECT FROM approval_vote v WHERE v.approval_id = OLD.id AND NOT v.agrees)
       OR (SELECT count(*) FROM approval_vote v WHERE v.approval_id = OLD.id AND v.level = NEW.level AND v.agrees)
          < (NEW.levels -> NEW.level ->> 'quorum')::int THEN
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
REVOKE DELETE, TRUNCATE ON approval, role_holder FROM cartera_app;

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
  reason      text NOT NULL CHECK (reason IN ('asked', 'reminded', 'escalated', 'stands_in')),
  -- Which reminder of the level; 0 for the first word.
  turn        int NOT NULL,
  mail_id     bigint REFERENCES staff_mail,
  created_at  timestamptz NOT NULL,
  UNIQUE (approval_id, level, person, turn)
);
CREATE INDEX approval_notice_unsent ON approval_notice (person) WHERE mail_id IS NULL;
