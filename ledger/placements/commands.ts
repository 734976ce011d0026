import type { placementCommands } from '../../domain/placementCommand.ts'
import type { Carriers } from '../carriers.ts'
import { registerAgency } from './agencies.ts'
import { requestPlacement } from './begin.ts'
import { closePlacement, recallPlacement, returnPlacement } from './endings.ts'
import { fileDocument } from './filing.ts'
import { acceptPlacement, declinePlacement, offerPlacement } from './offers.ts'
import { interruptPrescription, startPrescription } from './prescriptions.ts'
import { addPlacementCost, recordRecovery, remitRecovery } from './recoveries.ts'
import { reportPlacement } from './reports.ts'

/** What carries the commands of placements out. */
export const placementCarriers: Carriers<typeof placementCommands> = {
  registerAgency,
  requestPlacement,
  offerPlacement,
  acceptPlacement,
  declinePlacement,
  reportPlacement,
  addPlacementCost,
  recordRecovery,
  remitRecovery,
  recallPlacement,
  returnPlacement,
  closePlacement,
  startPrescription,
  interruptPrescription,
  fileDocument,
}
