-- What came into the books since something was said: by the transfers that came later. A posting, or a load, may have begun,
-- and be dated, before it and be written after it.
CREATE FUNCTION newest_transfer() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT coalesce(max(id), 0) FROM transfer';

ALTER TABLE announced_payment ADD COLUMN after_transfer bigint NOT NULL DEFAULT newest_transfer();
ALTER TABLE provisional_receipt ADD COLUMN after_transfer bigint NOT NULL DEFAULT newest_transfer();
UPDATE announced_payment n SET after_transfer = coalesce((SELECT max(t.id) FROM transfer t WHERE t.recorded_at < n.recorded_at), 0)
WHERE n.state = 'open';
UPDATE provisional_receipt p SET after_transfer = coalesce((SELECT max(t.id) FROM transfer t WHERE t.recorded_at < p.recorded_at), 0)
WHERE p.state = 'open';
