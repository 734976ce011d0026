/** Lists that a company makes its own: what customers dispute, and what the root cause was found to be. */

export interface Texts {
  'es-MX': string
  en: string
}

export interface DisputeReason extends Texts {
  /** Who resolves it; the customer's analyst when empty. */
  owner: string
  service_working_days: number
  /** Until it is resolved the invoice can't be presented. */
  blocks_presentation: boolean
}

const reason = (
  owner: string,
  service_working_days: number,
  es: string,
  en: string,
  blocks_presentation = false,
): DisputeReason => ({ 'es-MX': es, en, owner, service_working_days, blocks_presentation })

/** Of a cement company's customers; a policy may have its own. */
export const DISPUTE_REASONS = {
  delivery_note: reason(
    'logistics',
    3,
    'remisión faltante o sin firma',
    'delivery note missing or unsigned',
    true,
  ),
  quantity: reason('plant', 5, 'cantidad', 'quantity'),
  price_or_discount: reason('sales', 5, 'precio o descuento no aplicado', 'price or discount not applied'),
  rebate: reason('sales', 10, 'bonificación o apoyo pendiente', 'rebate or allowance pending'),
  re_invoice: reason('billing', 5, 'refacturación en proceso', 're-invoice in progress'),
  co_op_advertising: reason('sales', 10, 'publicidad compartida', 'co-op advertising'),
  quality: reason('plant', 10, 'calidad', 'quality'),
  fiscal_data: reason('billing', 3, 'datos fiscales incorrectos', 'fiscal data wrong'),
  duplicate_invoice: reason('billing', 3, 'factura duplicada', 'duplicate invoice'),
  payment_not_applied: reason('', 2, 'pago no aplicado', 'payment not applied'),
  other: reason('', 5, 'otro', 'other'),
} as const satisfies Record<string, DisputeReason>

const cause = (es: string, en: string): Texts => ({ 'es-MX': es, en })

export const ROOT_CAUSES = {
  delivery_failed: cause('entrega fallida o incompleta', 'delivery failed or incomplete'),
  proof_lost: cause('comprobante extraviado', 'proof of delivery lost'),
  order_entry: cause('pedido mal capturado', 'order entered wrongly'),
  price_list: cause('lista de precios desactualizada', 'price list out of date'),
  promotion_not_recorded: cause('promoción no registrada', 'promotion not recorded'),
  billing_error: cause('error de facturación', 'billing error'),
  quality_defect: cause('defecto de calidad', 'quality defect'),
  customer_master_data: cause('datos del cliente incorrectos', 'customer master data wrong'),
  cash_application: cause('pago mal aplicado', 'payment applied wrongly'),
  customer_error: cause('error del cliente', "customer's own error"),
  other: cause('otra', 'other'),
} as const satisfies Record<string, Texts>

/** A list's words in a language, by code. */
export const named = <C extends string>(
  list: Readonly<Record<C, Texts>>,
  language: keyof Texts,
): Record<C, string> =>
  Object.fromEntries(Object.entries<Texts>(list).map(([code, texts]) => [code, texts[language]])) as Record<
    C,
    string
  >
