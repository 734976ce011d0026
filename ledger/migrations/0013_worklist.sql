-- Whom to deal with first: how a payer has paid, and whose turn was put off.

-- Money for items of a payer, and how many days after the due date it came: what is applied here, what the source
-- says is settled, and what was settled before the load where the file says when. What was taken back counts against
-- what it takes back: the same day, the same due date. The due date is that in force when the money was recorded.
CREATE VIEW item_payment AS
  SELECT t.id AS transfer_id, r.payer_id, t.currency, coalesce(back.value_on, t.value_on) AS value_on, due.due_on,
         CASE WHEN back.id IS NULL THEN 1 ELSE -1 END AS sign, t.amount_minor
  FROM transfer t
  LEFT JOIN transfer back ON back.id = CASE
    WHEN t.reverses_id IS NOT NULL THEN t.reverses_id
    WHEN t.code = 'source_reopening' THEN
      (SELECT max(s.id) FROM transfer s WHERE s.credit_account = t.debit_account AND s.code = 'source_settlement' AND s.id < t.id) END
  JOIN account a ON a.id = CASE WHEN back.id IS NULL THEN t.credit_account ELSE t.debit_account END
  JOIN receivable r ON r.id = a.receivable_id
  CROSS JOIN LATERAL (
    SELECT m.due_on FROM receivable_term m WHERE m.receivable_id = r.id
    ORDER BY m.recorded_at < coalesce(back.recorded_at, t.recorded_at) OR m.seq = 1 DESC, m.seq DESC LIMIT 1) due
  WHERE t.code IN ('application', 'source_settlement', 'source_reopening')
     OR t.code = 'settled_before'
        AND t.value_on < coalesce((SELECT l.as_of FROM load l WHERE l.id = r.load_id), t.recorded_at::date);

-- The same summed by month of the value date: a few rows for each payer, however much it pays. The average of any time
-- is sum(late_minor_days) / sum(amount_minor).
CREATE TABLE payer_habit (
  payer_id        bigint NOT NULL REFERENCES payer,
  month           date NOT NULL,
  currency        char(3) NOT NULL,
  payments        int NOT NULL,
  amount_minor    numeric NOT NULL,
  late_minor_days numeric NOT NULL,
  PRIMARY KEY (payer_id, month, currency)
);

-- Kept by the statement that moves the money, like the balances, and only so. Transfers of a statement are few or
-- nothing to do with payments; going from each to what it pays is right for one and for a hundred thousand, and a plan
-- made for the one must not stay for the other.
CREATE FUNCTION keep_habits() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  INSERT INTO payer_habit AS h (payer_id, month, currency, payments, amount_minor, late_minor_days)
  SELECT p.payer_id, date_trunc('month', p.value_on)::date, p.currency, sum(p.sign), sum(p.sign * p.amount_minor),
         sum(p.sign * p.amount_minor::numeric * (p.value_on - p.due_on))
  FROM added a JOIN item_payment p ON p.transfer_id = a.id
  WHERE a.code IN ('application', 'settled_before', 'source_settlement', 'source_reopening')
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (payer_id, month, currency) DO UPDATE SET payments = h.payments + excluded.payments,
    amount_minor = h.amount_minor + excluded.amount_minor, late_minor_days = h.late_minor_days + excluded.late_minor_days;
  RETURN NULL;
END $$;
CREATE TRIGGER transfer_habits AFTER INSERT ON transfer
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION keep_habits();

INSERT INTO payer_habit
SELECT payer_id, date_trunc('month', value_on)::date, currency, sum(sign), sum(sign * amount_minor),
       sum(sign * amount_minor::numeric * (value_on - due_on))
FROM item_payment GROUP BY 1, 2, 3;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON payer_habit FROM cartera_app;

-- A row of somebody's worklist that is put off. It is over on its day, or earlier: when the customer's journal has an
-- entry of a kind that ends it after `after_entry`.
CREATE TABLE snooze (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company     text NOT NULL REFERENCES company,
  customer_id bigint NOT NULL REFERENCES customer,
  -- Whose row.
  owner       text NOT NULL,
  made_on     date NOT NULL,
  made_by     text NOT NULL,
  -- Back on this day.
  until_on    date NOT NULL CHECK (until_on > made_on),
  why         text NOT NULL,
  -- Number of the last entry in the customer's journal when it was put off.
  after_entry bigint NOT NULL,
  ended_on    date
);
CREATE UNIQUE INDEX snooze_open_once ON snooze (customer_id, owner) WHERE ended_on IS NULL;
