import { expect, test } from 'vitest'
import type { Behaviour } from '../../workers/embedded/inbox.ts'
import { randomOf } from '../domain/random.ts'
import { startEngine } from '../setup/engine.ts'
import { anyHour, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { mailHolds } from './aftermath.ts'
import { SEED } from './fault.ts'

const CUSTOMERS = 24
const HOUR_MS = 3_600_000
const customerCode = (n: number) => `C-${n}`
const emailOf = (n: number) => `c-${n}@example.com`

/** Retries come after minutes and hours, so this is told under time skipping; the mail goes over a real socket. */
test(`a mail server that stalls, hangs up after DATA, answers 4xx and 5xx at random: each is told once or a person is (seed ${SEED})`, {
  timeout: 300_000,
}, async () => {
  const random = randomOf(SEED)
  const met = new Map<string, Behaviour[]>()
  const ledger = await freshLedger([testPolicy(anyHour)])
  const engine = await startEngine(ledger, {
    startAt: noon('2040-01-09'),
    behaviour: ({ to }) => {
      const behaviour = random.pick([
        'accept',
        'accept',
        'accept',
        'defer',
        'defer',
        'drop',
        'drop',
        'stall',
        'refuse',
      ] as const)
      met.set(to.at(-1)!, [...(met.get(to.at(-1)!) ?? []), behaviour])
      return behaviour
    },
  })
  await loadItems(
    ledger.database,
    Array.from({ length: CUSTOMERS }, (_, n) => ({
      document: `F-${n}`,
      customer: customerCode(n),
      email: emailOf(n),
      due: '2040-01-05',
    })),
    await engine.now(),
  )
  for (let n = 0; n < CUSTOMERS; n++) await engine.wake(customerCode(n))
  await engine.until(noon('2040-01-09') + 30 * HOUR_MS)

  const messages = await ledger.database.rows<{ email: string; state: string; mail_id: string }>(
    'SELECT recipient AS email, state, mail_id FROM message ORDER BY id',
  )
  expect(messages).toHaveLength(CUSTOMERS)
  const copies = new Map<string, number>()
  const bytes = new Map<string, Set<string>>()
  for (const mail of await engine.mails()) {
    const id = mail.messageId!.slice(1).split('@')[0]!
    copies.set(id, (copies.get(id) ?? 0) + 1)
    bytes.set(
      id,
      (bytes.get(id) ?? new Set()).add(`${mail.date?.toISOString()} ${mail.subject}\n${mail.html}`),
    )
  }
  for (const { email, state, mail_id } of messages) {
    const [...attempts] = met.get(email) ?? []
    const said = `${email}: ${attempts.join(', ')}`
    const last = attempts.pop()
    // It is tried until the server's word is final, and not once more.
    expect([last, state], said).toEqual(last === 'refuse' ? ['refuse', 'failed'] : ['accept', 'sent'])
    expect(attempts, said).not.toContain('accept')
    expect(attempts, said).not.toContain('refuse')
    // A copy for each acknowledgement that got lost, and the acknowledged one; all of the same bytes.
    const lostAcknowledgements = attempts.filter((met) => met === 'drop').length
    expect(copies.get(mail_id) ?? 0, said).toBe(lostAcknowledgements + (last === 'accept' ? 1 : 0))
    if (lostAcknowledgements > 0) expect(bytes.get(mail_id)!.size, said).toBe(1)
  }
  const refused = messages.filter((one) => one.state === 'failed').map((one) => one.email)
  const told = await ledger.database.rows<{ email: string }>(
    `SELECT detail ->> 'email' AS email FROM task WHERE kind = 'fix_contact' AND state = 'open' AND detail ? 'email'`,
  )
  expect(told.map((one) => one.email).sort()).toEqual(refused.sort())
  const counts = { lost: 0, doubled: 0, mailedTwice: 0 }
  await mailHolds(ledger.database, copies, counts)
  expect(counts).toMatchObject({ lost: 0, doubled: 0 })
  const faults = [...met.values()].flat().filter((behaviour) => behaviour !== 'accept').length
  console.log(
    `| mail server stalls, drops, 4xx, 5xx | ${faults} | ${CUSTOMERS} | | ${counts.lost} | ${counts.doubled} | ${counts.mailedTwice} | | seed ${SEED}, ${refused.length} refused`,
  )
})
