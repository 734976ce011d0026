import { defineUpdate } from '@temporalio/workflow'
import type { LoadReport, NewLoad } from '../domain/load.ts'

export interface PortfolioLoadInput {
  v: 1
  load: NewLoad
}

export const loadWorkflowId = (company: string, loadId: string): string => `load:${company}:${loadId}`

/** Lets a held load go: its receivables are chased from now on. */
export const release = defineUpdate<LoadReport, [actor: string]>('release')
