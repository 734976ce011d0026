-- What the ERP is told of sales orders, for one that fetches it itself: of each order the first call that it doesn't know.

CREATE VIEW erp_call AS
  SELECT c.id, c.company, c.order_number, c.seq, c.event, c.payload, c.created_at
  FROM order_call c
  WHERE c.state <> 'delivered' AND NOT EXISTS (
    SELECT FROM order_call e WHERE e.company = c.company AND e.order_number = c.order_number AND e.seq < c.seq AND e.state <> 'delivered')
  ORDER BY c.id;

-- The ERP knows it now. False when there is no such call, it was taken before, or one of the order comes first.
CREATE FUNCTION erp_acknowledge(p_id bigint) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_call erp_call; v_customer bigint;
BEGIN
  SELECT o.customer_id INTO v_customer FROM order_call c JOIN sales_order o ON o.company = c.company AND o.number = c.order_number
    WHERE c.id = p_id;
  PERFORM FROM customer WHERE id = v_customer FOR NO KEY UPDATE;
  SELECT * INTO v_call FROM erp_call WHERE id = p_id;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE order_call SET state = 'delivered', delivered_at = now(), last_error = NULL WHERE id = p_id;
  PERFORM journal_append(v_call.company, v_customer, jsonb_build_object('event', 'erp told', 'actor', 'erp',
    'at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'receivables', '[]'::jsonb,
    'data', jsonb_build_object('call', p_id, 'order', v_call.order_number, 'event', v_call.event)));
  -- What waits behind it may be told now: its order looks again.
  UPDATE process SET facts_version = facts_version + 1
    WHERE company = v_call.company AND kind = 'order' AND id = v_call.order_number AND closed_at IS NULL;
  RETURN true;
END $$;

DO $$ BEGIN
  CREATE ROLE cartera_erp NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
REVOKE ALL ON FUNCTION erp_acknowledge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erp_acknowledge TO cartera_erp;
GRANT SELECT ON erp_call TO cartera_erp;
