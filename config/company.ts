import type { Look } from '../domain/look.ts'
import type { Environment } from './environment.ts'

/** How the company signs what it sends. */
export const companyOf = (env: Environment) => ({
  id: env.CARTERA_COMPANY,
  name: env.CARTERA_COMPANY_NAME,
  timeZone: env.CARTERA_TIME_ZONE,
})

export const senderOf = (env: Environment, look: Look) => ({
  name: env.CARTERA_COMPANY_NAME,
  replyTo: env.CARTERA_MAIL_REPLY_TO ?? env.CARTERA_MAIL_FROM,
  phone: env.CARTERA_PHONE,
  bankReference: env.CARTERA_BANK_REFERENCE ?? look.bank_reference,
})
