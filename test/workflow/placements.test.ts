import { expect, test } from 'vitest'
import { commandDecision } from '../../client/decisions.ts'
import { makeEvidence } from '../../client/statements.ts'
import type { Answer } from '../../domain/command.ts'
import type { PlacementCommandName, PlacementCommands } from '../../domain/placementCommand.ts'
import { evidenceOf } from '../../ledger/placements/evidence.ts'
import { showPlacement } from '../../ledger/placements/show.ts'
import { type Engine, type EngineOptions, startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger, type TestLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { seedTeam } from '../setup/team.ts'

const pesos = (amount: number) => ({ currency: 'MXN', minor: amount * 100 })

let keys = 0
const decided = (engine: Engine, name: string, content: object, actor = 'ana'): Promise<Answer> =>
  commandDecision({ client: engine.client, company: COMPANY }, { name, content } as never, {
    actor,
    key: `decision-${++keys}`,
  })
const place = <N extends PlacementCommandName>(
  engine: Engine,
  name: N,
  content: PlacementCommands[N],
  actor?: string,
) => decided(engine, name, content, actor)

/** Asked for by the analyst, agreed to by a supervisor. */
async function granted(
  { database }: TestLedger,
  engine: Engine,
  content: Pick<PlacementCommands['requestPlacement'], 'kind' | 'why'>,
): Promise<void> {
  const { result } = await place(engine, 'requestPlacement', { customer: 'C-1', ...content })
  await decided(engine, 'decideApproval', { approval: result.approval, agrees: true, why: 'agreed' }, 'sofía')
  expect(await showPlacement(database, COMPANY, 'ana', 1)).toMatchObject({ approvedBy: ['sofía'] })
}

/** An invoice of 1000, due on 10 January 2040, placed with an agency on the 27th and accepted the next day. */
async function placedOut(
  options: Partial<EngineOptions> = {},
): Promise<{ ledger: TestLedger; engine: Engine }> {
  const ledger = await freshLedger()
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09'), ...options })
  await seedTeam(ledger.database)
  await loadItems(ledger.database, [{ document: 'F-1', due: '2040-01-10' }], await engine.now())
  await engine.wake('C-1')
  await place(engine, 'registerAgency', {
    code: 'norte',
    name: 'Cobranza del Norte',
    email: 'casos@norte.example',
    commission: '10',
    people: ['nora'],
  })
  await engine.until(noon('2040-01-27'))
  await granted(ledger, engine, { kind: 'agency', why: 'no answer to three reminders' })
  await engine.until(noon('2040-01-28'))
  await place(engine, 'acceptPlacement', { placement: 1 }, 'nora')
  return { ledger, engine }
}

const toAgency = async (engine: Engine) =>
  (await engine.mails())
    .filter((mail) => [mail.to].flat().some((to) => to?.text.includes('norte.example')))
    .map((mail) => mail.subject?.split(':')[0])

/** What of the diary is about the placement, and what was said to the customer since. */
const since = (diary: string[], day: string) => diary.filter((line) => line.slice(0, 10) >= day)

test('the customer pays the agency: reported late and asked for, then recovered; our side said nothing', async () => {
  const { ledger, engine } = await placedOut()
  // The report is due on Monday 13 February: asked for on the 14th, told on the 17th.
  await engine.until(noon('2040-02-18'))
  await place(
    engine,
    'reportPlacement',
    { placement: 1, result: 'promised', notes: 'pays on Monday' },
    'nora',
  )
  await engine.until(noon('2040-02-20'))
  await place(engine, 'recordRecovery', { placement: 1, amount: pesos(1000), paidOn: '2040-02-20' }, 'nora')
  await engine.client.workflow.getHandle('placement:test:1').result()
  expect(await engine.client.workflow.getHandle('case:test:C-1').result()).toBe('settled')
  expect(since(await engine.diary('F-1'), '2040-01-26')).toEqual([
    '2040-01-27 approval requested',
    '2040-01-27 approval given',
    '2040-01-27 placement begun',
    '2040-01-27 placement offered',
    '2040-01-28 placement accepted',
    '2040-02-09 hold orders task opened',
    '2040-02-14 report chased',
    '2040-02-17 tell supervisor task opened',
    '2040-02-18 placement reported',
    '2040-02-20 receipt posted',
    '2040-02-20 recovery recorded',
    '2040-02-20 hold orders task overtaken',
    '2040-02-20 placement recovered',
  ])
  expect(await toAgency(engine)).toEqual(['Se ofrece el turno 1', 'Se entrega el turno 1', 'Turno 1'])
  const door = { client: engine.client, company: COMPANY }
  const pack = await makeEvidence(door, 1, 'nora')
  expect(pack.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'evidence evidencia-1-C-1-2040-02-20.pdf',
    'evidence evidencia-1-C-1-2040-02-20.zip',
  ])
  expect((await makeEvidence(door, 1, 'nora')).map((d) => d.id)).toEqual(pack.map((d) => d.id))
  const sent = await ledger.database.transaction(async (sql) =>
    evidenceOf(sql, COMPANY, 'nora', 1, await engine.now()),
  )
  expect(sent.messages).toMatchObject(
    Array.from({ length: 3 }, () => ({
      template: 'reminder',
      to: 'c-1@example.com',
      response: expect.stringContaining('250'),
    })),
  )
  const view = await showPlacement(ledger.database, COMPANY, 'nora', 1)
  expect(view).toMatchObject({
    state: 'recovered',
    recoveries: [{ amount: '1000.00', commission: '100.00', reversed: false }],
    mails: [{ state: 'sent' }, { state: 'sent' }, { state: 'sent' }],
  })
})

test('the customer pays us: the placement is recalled by itself and the agency told once, though the mail is away for an hour', async () => {
  let away = false
  const { ledger, engine } = await placedOut({
    wrapMailer: (mailer) => ({
      ...mailer,
      send: (raw, envelope) =>
        away
          ? Promise.resolve({ kind: 'deferred' as const, reason: 'no route', delivered: 'no' as const })
          : mailer.send(raw, envelope),
    }),
  })
  await engine.until(noon('2040-01-30'))
  away = true
  await engine.book({
    name: 'post',
    content: {
      receipts: [
        {
          number: 'R-1',
          customer: 'C-1',
          amount: pesos(1000),
          valueOn: '2040-01-30',
          applications: [{ document: 'F-1' }],
        },
      ],
    },
  })
  await engine.until(noon('2040-01-30') + 3_600_000)
  expect((await showPlacement(ledger.database, COMPANY, 'ana', 1)).state).toBe('recalled')
  away = false
  await engine.until(noon('2040-01-31'))
  await engine.client.workflow.getHandle('placement:test:1').result()
  expect(since(await engine.diary('F-1'), '2040-01-29')).toEqual([
    '2040-01-30 receipt posted',
    '2040-01-30 placement recalled',
  ])
  expect(await toAgency(engine)).toEqual([
    'Se ofrece el turno 1',
    'Se entrega el turno 1',
    'Se retira el turno 1',
  ])
})

test('a demand letter goes out with its PDF, is not paid by its day, and comes back to a person', async () => {
  const ledger = await freshLedger()
  const engine = await startEngine(ledger, { startAt: noon('2040-01-09') })
  await seedTeam(ledger.database)
  await loadItems(ledger.database, [{ document: 'F-1', due: '2040-01-10' }], await engine.now())
  await engine.wake('C-1')
  await engine.until(noon('2040-01-27'))
  await granted(ledger, engine, { kind: 'demand', why: 'quiet' })
  await engine.until(noon('2040-01-28'))
  const letter = (await engine.mails()).at(-1)!
  expect(letter.subject).toContain('Requerimiento formal de pago')
  expect(letter.text).toContain('7 de febrero de 2040')
  expect(letter.attachments.map((a) => [a.filename, a.contentType])).toEqual([
    ['requerimiento-C-1-2040-01-27.pdf', 'application/pdf'],
  ])
  await engine.until(noon('2040-02-08'))
  await engine.client.workflow.getHandle('placement:test:1').result()
  expect(
    since(await engine.diary('F-1'), '2040-01-27').filter(
      (line) => !/approval|call task|tell supervisor/.test(line),
    ),
  ).toEqual([
    '2040-01-27 placement begun',
    '2040-01-27 demand sent',
    '2040-01-27 demand runs',
    '2040-02-08 placement closed',
    '2040-02-08 review task opened',
  ])
})
