import type { z } from 'zod'
import type { Asked } from '../domain/command.ts'
import type { orderCommands } from '../domain/orders/command.ts'
import { Refusal, type RefusalName } from '../domain/refusal.ts'
import type { OrderState } from '../ledger/orders/orders.ts'
import { commandDecision } from './decisions.ts'
import { BadRequest, TryLater } from './failures.ts'
import type { Door } from './temporal.ts'

/** The question that order entry asks, in the shape of HTTP: what a route answers as it stands. */

export interface HttpAnswer {
  status: 200 | 202 | 400 | 404 | 409 | 422 | 503
  body: Record<string, unknown>
}

/** 200: it may go out. 202: not yet, order entry will be told. 409: it won't. */
const STATUS: Record<OrderState, 200 | 202 | 409> = {
  released: 200,
  conditionally_released: 200,
  consumed: 200,
  held: 202,
  rejected: 409,
  expired: 409,
  cancelled: 409,
}

const REFUSED: Partial<Record<RefusalName, 404 | 409>> = { NotFound: 404, KeyConflict: 409 }

/**
 * May an order go out? One that nobody knows is made. Asked again under the same key the answer is the same, so that a
 * caller that heard nothing (503, or no answer) asks again.
 */
export async function checkOrder(
  door: Door,
  order: z.input<(typeof orderCommands)['checkOrder']>,
  asked: Asked,
): Promise<HttpAnswer> {
  try {
    const { result } = await commandDecision(door, { name: 'checkOrder', content: order }, asked)
    return { status: STATUS[result.state as OrderState], body: result }
  } catch (error) {
    if (error instanceof Refusal)
      return {
        status: REFUSED[error.refusal as RefusalName] ?? 422,
        body: { refusal: error.refusal, data: error.data },
      }
    if (error instanceof BadRequest) return { status: 400, body: { problems: error.problems } }
    if (error instanceof TryLater) return { status: 503, body: { away: error.what } }
    throw error
  }
}
