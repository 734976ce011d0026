import type { ErpCall, Told } from '../../domain/erp.ts'

/** The way to the ERP. One call of `tell` is one attempt; what the other side does wrong is an answer, not an error. */
export interface ErpPort {
  /** An attempt is over by then, whatever the other side does. */
  readonly attemptTimeoutMs: number
  tell(call: ErpCall): Promise<Told>
}
