import type { creditCommands } from '../../domain/credit/command.ts'
import type { Carriers } from '../carriers.ts'
import {
  attachGuaranteeDocument,
  realiseGuarantee,
  registerGuarantee,
  releaseGuarantee,
  renewGuarantee,
} from './guarantees.ts'
import { closeLine, reduceLine, requestLine, requestTemporaryLimit, reviewLine } from './lines.ts'

export const creditCarriers: Carriers<typeof creditCommands> = {
  requestLine,
  requestTemporaryLimit,
  reduceLine,
  closeLine,
  reviewLine,
  registerGuarantee,
  renewGuarantee,
  releaseGuarantee,
  realiseGuarantee,
  attachGuaranteeDocument,
}
