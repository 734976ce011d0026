import { expect, test } from 'vitest'
import { EnvironmentError, readEnvironment } from '../../config/environment.ts'

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
const NEW_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
const read = (more: Record<string, string>) =>
  readEnvironment({
    CARTERA_STATE: '/nowhere',
    DATABASE_URL: 'postgres://cartera@127.0.0.1/cartera',
    SMTP_URL: 'smtp://127.0.0.1',
    ...more,
  })

test('without an address for webhooks the ERP fetches; with one there are secrets, the one in use first', () => {
  expect(read({}).CARTERA_ERP_WEBHOOK_URL).toBeUndefined()
  const env = read({
    CARTERA_ERP_WEBHOOK_URL: 'https://erp.example/hooks',
    CARTERA_ERP_WEBHOOK_SECRETS: ` ${NEW_SECRET}, ${SECRET},`,
  })
  expect(env.CARTERA_ERP_WEBHOOK_SECRETS).toEqual([NEW_SECRET, SECRET])
})

test('webhooks are signed, and a secret that is none is told without saying it', () => {
  const wrong = (more: Record<string, string>) => {
    try {
      read({ CARTERA_ERP_WEBHOOK_URL: 'https://erp.example/hooks', ...more })
    } catch (error) {
      if (error instanceof EnvironmentError) return error.message
    }
    return ''
  }
  expect(wrong({})).toMatch(/CARTERA_ERP_WEBHOOK_SECRETS is not set/)
  const told = wrong({ CARTERA_ERP_WEBHOOK_SECRETS: `${SECRET},hunter2` })
  expect(told).toMatch(/CARTERA_ERP_WEBHOOK_SECRETS: "whsec_" and 24 to 64 bytes in base64/)
  expect(told).not.toMatch(/hunter2/)
  expect(wrong({ CARTERA_ERP_WEBHOOK_URL: 'ftp://erp.example' })).toMatch(/CARTERA_ERP_WEBHOOK_URL/)
})
