-- Why a receipt was taken back: one that the bank returned is held against orders, one that was misposted isn't.
ALTER TABLE receipt ADD COLUMN reversed_as text;
CREATE INDEX receipt_bounced ON receipt (payer_id, reversed_at) WHERE reversed_as = 'bounced';
