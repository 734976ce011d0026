import type { Delivery } from '../domain/process.ts'
import { whileBeating } from './beating.ts'

/** Makes one attempt to deliver an open row of a channel; what becomes of it stands on the row. */
export type Deliver = (company: string, id: number) => Promise<void>

/** Work that leaves the house for what waits by itself: one activity is one attempt. */
export const createDeliverActivities = (channels: Partial<Record<Delivery['channel'], Deliver>>) => ({
  deliver: ({ company, delivery }: { company: string; delivery: Delivery }): Promise<void> =>
    whileBeating(async () => {
      const deliver = channels[delivery.channel]
      if (!deliver) throw new Error(`nothing here delivers ${delivery.channel}`)
      await deliver(company, delivery.id)
    }),
})
export type DeliverActivities = ReturnType<typeof createDeliverActivities>
