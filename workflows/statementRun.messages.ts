/** A day's statements of account for the customers of a branch that live in one time zone. */
export interface StatementRunInput {
  v: 1
  company: string
  branch: string
  timeZone: string
  /** YYYY-MM-DD; the schedule's own day when not said. */
  day?: string
  actor: string
}

/** Of the group: what its schedule is called, and with a day its run of that day. */
export const statementsId = (company: string, branch: string, timeZone: string, day?: string): string =>
  ['statements', company, branch, timeZone, ...(day === undefined ? [] : [day])].join(':')
