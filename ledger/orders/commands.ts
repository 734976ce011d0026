import type { orderCommands } from '../../domain/orders/command.ts'
import type { Carriers } from '../carriers.ts'
import { changeOrder, checkOrder } from './check.ts'
import { joinGroup, leaveGroup } from './groups.ts'
import { setRates } from './rates.ts'
import {
  cancelOrder,
  holdOrder,
  rejectOrder,
  releaseConditionally,
  releaseOrder,
  shipOrder,
} from './release.ts'
import { setStanding } from './standing.ts'

/** What carries out each command about orders, standing, groups and rates. */
export const orderCarriers: Carriers<typeof orderCommands> = {
  checkOrder,
  changeOrder,
  holdOrder,
  releaseOrder,
  releaseConditionally,
  rejectOrder,
  cancelOrder,
  shipOrder,
  setStanding,
  joinGroup,
  leaveGroup,
  setRates,
}
