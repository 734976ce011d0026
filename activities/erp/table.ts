import type { ErpPort } from './port.ts'

/**
 * An ERP that fetches its calls itself: it reads the view `erp_call` and takes each by `erp_acknowledge(id)`. Nothing is
 * sent; looking now and then is how a person hears of an ERP that has stopped fetching.
 */
export const createTable = (): ErpPort => ({
  attemptTimeoutMs: 0,
  tell: async () => ({ kind: 'deferred', reason: 'waits to be fetched' }),
})
