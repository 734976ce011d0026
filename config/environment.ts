import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { isWebhookSecret } from '../domain/erp.ts'
import { shippedFile } from './paths.ts'

/**
 * The environment, parsed once. Where the three servers are is taken from the environment, or from what the
 * embedded stack wrote into its state folder; the environment wins.
 */
const schema = z
  .object({
    DATABASE_URL: z.url({
      protocol: /^postgres(ql)?$/,
      error: 'a URL such as postgres://user:password@host:5432/cartera',
    }),
    SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'a URL such as smtp://host:25' }),
    TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
    TEMPORAL_NAMESPACE: z.string().default('default'),
    CARTERA_COMPANY: z
      .string()
      .regex(/^[A-Za-z0-9_-]+$/, 'letters, digits, - and _')
      .default('main'),
    CARTERA_COMPANY_NAME: z.string().default('Cartera Demo, S.A. de C.V.'),
    CARTERA_TIME_ZONE: z.string().default('America/Mexico_City'),
    CARTERA_POLICIES: z.string().default(shippedFile('config', 'policies')),
    CARTERA_CALENDARS: z.string().default(shippedFile('config', 'calendars')),
    /** Who decides, where nobody holds a role yet. */
    CARTERA_TEAM: z.string().optional(),
    // Folders of feeds that the workers watch, with commas between them.
    CARTERA_FEEDS: z
      .string()
      .default('')
      .transform((text) =>
        text
          .split(',')
          .map((folder) => folder.trim())
          .filter((folder) => folder !== '')
          .map((folder) => resolve(folder)),
      ),
    CARTERA_MAIL_FROM: z.email().default('cobranza@cartera.example'),
    CARTERA_MAIL_REPLY_TO: z.email().optional(),
    /** Longest attempt to send one message. A message whose worker was killed waits a little longer than this. */
    CARTERA_MAIL_ATTEMPT_SECONDS: z.coerce.number().positive().max(150).default(90),
    CARTERA_MAIL_PER_SECOND: z.coerce.number().positive().default(50),
    CARTERA_PHONE: z.string().default('+52 55 5555 0100'),
    /** Where to pay; the look's file says it when this doesn't. */
    CARTERA_BANK_REFERENCE: z.string().optional(),
    CARTERA_LOOK: z.string().default(shippedFile('config', 'look.yaml')),
    /** The document store: a folder that all workers share, or s3://bucket/prefix. */
    CARTERA_DOCUMENTS: z
      .string()
      .transform((address) => (address.startsWith('s3://') ? address : resolve(address))),
    /** Where the ERP takes webhooks; without it the ERP fetches its calls from the ledger. */
    CARTERA_ERP_WEBHOOK_URL: z
      .url({ protocol: /^https?$/, error: 'a URL such as https://erp.example/webhooks/cartera' })
      .optional(),
    /** What webhooks are signed with, the one in use first; several with commas between them, while one is replaced. */
    CARTERA_ERP_WEBHOOK_SECRETS: z
      .string()
      .default('')
      .transform((text) =>
        text
          .split(',')
          .map((secret) => secret.trim())
          .filter((secret) => secret !== ''),
      )
      .refine((secrets) => secrets.every(isWebhookSecret), {
        // Never the value itself.
        error: '"whsec_" and 24 to 64 bytes in base64, several with commas between them',
      }),
    /** Longest attempt to tell the ERP. */
    CARTERA_ERP_ATTEMPT_SECONDS: z.coerce.number().positive().max(60).default(15),
  })
  .refine((env) => env.CARTERA_ERP_WEBHOOK_URL === undefined || env.CARTERA_ERP_WEBHOOK_SECRETS.length > 0, {
    path: ['CARTERA_ERP_WEBHOOK_SECRETS'],
    error: 'webhooks are signed: set at least one secret',
  })

export type Environment = z.infer<typeof schema>

export class EnvironmentError extends Error {
  override name = 'EnvironmentError'
}

/** Where the embedded stack keeps everything: CARTERA_STATE, or `.cartera` in the package's folder. */
export const stateFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  resolve(env.CARTERA_STATE ?? shippedFile('.cartera'))

/** The file in which a running embedded stack says where its servers are. */
export const endpointsFile = (state: string): string => join(state, 'endpoints.json')

/** @throws EnvironmentError naming every setting that is missing or wrong, and what to do */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const state = stateFolder(env)
  const file = endpointsFile(state)
  const endpoints = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {}
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse({ CARTERA_DOCUMENTS: join(state, 'documents'), ...endpoints, ...given })
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => {
    const name = issue.path.join('.')
    return given[name] === undefined && endpoints[name] === undefined
      ? `${name} is not set`
      : `${name}: ${issue.message}`
  })
  throw new EnvironmentError(
    `${problems.join('; ')}. Start the embedded stack (npm start), or set them to your own servers' addresses.`,
  )
}
