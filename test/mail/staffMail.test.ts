import { MockActivityEnvironment } from '@temporalio/testing'
import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { renderStaffMail } from '../../activities/mail/staffMail.ts'
import { createMailer } from '../../activities/smtp.ts'
import { createStaffMail } from '../../activities/staffMail.ts'
import { approvalTeller } from '../../client/words/approvals.ts'
import { instantOf } from '../../domain/calendar.ts'
import { LANGUAGES } from '../../domain/notice.ts'
import type { AskedApproval } from '../../ledger/approvals/asked.ts'
import type { Database } from '../../ledger/database.ts'
import { openExceptions } from '../../ledger/exceptions.ts'
import { lookAtApproval, requested, team } from '../setup/approvals.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { seedTeam, vote } from '../setup/team.ts'
import { cleanups, smtpServer } from './smtpServer.ts'

const at = (day: string, time: string) => instantOf(day, time, 'America/Mexico_City')

const data = { documents: ['F-1'], amount: '84200.50', currency: 'MXN' }
const asked = (id: number, changes: Partial<AskedApproval> = {}): AskedApproval => ({
  id,
  kind: 'write_off',
  customer: { code: 'C-100', name: 'Distribuidora Ñandú & <Cía>' },
  branch: 'Norte',
  amount: { currency: 'MXN', minor: 8_420_050n },
  daysPastDue: 210,
  documents: 1,
  requester: 'ana',
  why: 'the customer closed; no goods left to seize',
  requestedAt: at('2026-03-10', '12:00'),
  answerBy: at('2026-03-11', '11:00'),
  role: 'manager',
  standsInFor: null,
  reason: 'asked',
  onYes: [{ code: 'write_off', data }],
  onNo: [{ code: 'chasing_goes_on', data }],
  ...changes,
})
const mailOf = (approvals: AskedApproval[], language: (typeof LANGUAGES)[number]) =>
  renderStaffMail(
    {
      person: { name: 'Sofía Íñiguez', email: 'sofia@cementos.example' },
      language,
      timeZone: 'America/Mexico_City',
      asked: approvals,
    },
    'Cementos de Prueba',
    approvalTeller,
  )

describe.each(LANGUAGES)('in %s', (language) => {
  test('one approval is told whole: what, how much, whose, why, until when, yes, no, and how to answer', () => {
    const mail = mailOf([asked(17, { standsInFor: 'mario', reason: 'escalated' })], language)
    if (process.env.CARTERA_TEST_VERBOSE) console.log(mail.subject, mail.text, mail.html)
    expect(mail.subject).toContain('$84,200.50 MXN')
    expect(mail.subject).not.toMatch(/[\u00a0\p{Cc}]/u)
    const { kind, effect } = approvalTeller(language)
    for (const content of [mail.text, mail.html.replaceAll('&amp;', '&').replaceAll('\u00a0', ' ')]) {
      for (const part of [
        kind('write_off'),
        '$84,200.50 MXN',
        'C-100',
        '210',
        'ana',
        'the customer closed',
        'mario',
        '12:00',
        '11:00',
        effect({ code: 'write_off', data }),
        effect({ code: 'chasing_goes_on', data }),
        'cartera approvals show 17',
        'cartera approvals yes 17 --why …',
        'cartera approvals no 17 --why …',
      ])
        expect(content).toContain(part)
      expect(content).not.toMatch(/undefined|\[object|NaN|null|\{\{|\{%/)
    }
    expect(mail.text).toContain('Ñandú & <Cía>')
    expect(mail.html).toContain('&lt;Cía&gt;')
    expect(mail.html).toContain(`<html lang="${language}">`)
  })

  test('above twenty it is a list with totals, of which the first are named', () => {
    const many = Array.from({ length: 5_000 }, (_, i) =>
      i % 3 === 0 ? asked(i + 1, { kind: 'pause', amount: null }) : asked(i + 1),
    )
    const mail = mailOf(many, language)
    if (process.env.CARTERA_TEST_VERBOSE) console.log(mail.subject, mail.text)
    expect(mail.subject).toContain('5000')
    for (const content of [mail.text, mail.html.replaceAll('\u00a0', ' ')]) {
      expect(content).toContain('3333')
      expect(content).toContain('1667')
      // 3,333 of 84,200.50
      expect(content).toContain('$280,640,266.50 MXN')
      expect(content).toContain('4950')
      expect(content).toContain('C-100')
    }
    expect(mail.html.length).toBeLessThan(60_000)
    expect(mail.text).not.toContain('the customer closed')
  })
})

/** Two approvals of two customers that wait for the supervisors, looked at. */
async function house(people = [['sofía', 'supervisor']] as const): Promise<Database> {
  const { database } = await freshLedger([testPolicy()])
  await seedTeam(database, people)
  await loadItems(
    database,
    [
      { document: 'F-1', amount: 1000, due: '2026-03-02' },
      { document: 'F-2', customer: 'C-2', amount: 2000, due: '2026-03-02' },
    ],
    noon('2026-03-09'),
  )
  await requested(database, { on: '2026-03-10' })
  await requested(database, { on: '2026-03-10', document: 'F-2', customer: 'C-2' })
  for (const id of [1, 2]) await lookAtApproval(database, id, '2026-03-10')
  return database
}

function sender(database: Database, url: string) {
  const mailer = createMailer(url, { attemptTimeoutMs: 2_000, socketTimeoutMs: 1_000 })
  cleanups.push(() => mailer.close())
  const sending = new MockActivityEnvironment()
  // The newest one.
  return async (now: number) => {
    const send = createStaffMail({
      database,
      calendars,
      mailer,
      from: { name: 'Cementos de Prueba', address: 'cobranza@cementos.example' },
      sender: {
        name: 'Cementos de Prueba',
        replyTo: 'cobranza@cementos.example',
        phone: '',
        bankReference: '',
      },
      clock: async () => now,
      tellers: approvalTeller,
    })
    const mail = await database.one<{ id: number }>('SELECT max(id)::int AS id FROM staff_mail')
    await sending.run(() => send(COMPANY, mail!.id))
  }
}

const mails = (database: Database) =>
  database.rows<{ person: string; state: string; reason: string | null }>(
    'SELECT person, state, reason FROM staff_mail ORDER BY id',
  )

test('what a person is asked within minutes is one mail; sent twice it is sent once', async () => {
  const { host, received } = await smtpServer()
  const database = await house()
  expect(await mails(database)).toEqual([{ person: 'sofía', state: 'pending', reason: null }])
  const send = sender(database, `smtp://${host}`)
  await send(at('2026-03-10', '12:10'))
  await send(at('2026-03-10', '12:10'))
  expect(received).toHaveLength(1)
  const mail = await simpleParser(received[0]!)
  expect(mail.to).toMatchObject({ value: [{ address: 'sofia@cementos.example', name: 'sofía' }] })
  expect(mail.subject).toBe('2 autorizaciones esperan su respuesta')
  expect(mail.text).toContain('cartera approvals yes 1 ')
  expect(mail.text).toContain('cartera approvals yes 2 ')
  expect(mail.messageId).toMatch(/^<[0-9a-f]{40}@cementos\.example>$/)
  expect(await mails(database)).toEqual([{ person: 'sofía', state: 'sent', reason: null }])
  // What is asked after it is another mail.
  await lookAtApproval(database, 1, at('2026-03-10', '16:00'))
  expect(await mails(database)).toHaveLength(2)
})

test('what is decided before the mail goes isn’t in it, and nothing is sent when all is', async () => {
  const { host, received } = await smtpServer()
  const database = await house()
  await vote(database, 1, 'sofía', '2026-03-10')
  const send = sender(database, `smtp://${host}`)
  await send(at('2026-03-10', '12:10'))
  expect((await simpleParser(received[0]!)).subject).toContain('Autorización 2')
  await lookAtApproval(database, 2, at('2026-03-10', '16:00'))
  await vote(database, 2, 'sofía', '2026-03-10', false)
  await send(at('2026-03-10', '16:10'))
  expect(received).toHaveLength(1)
  expect((await mails(database))[1]).toMatchObject({ state: 'skipped', reason: 'nothing left to decide' })
})

test('who lost the role, or is away with a stand-in, isn’t written to about it any more', async () => {
  const { host, received } = await smtpServer()
  const database = await house()
  await team(database, 'revokeRole', { person: 'sofía', role: 'supervisor', why: 'moved' }, '2026-03-10')
  await sender(database, `smtp://${host}`)(at('2026-03-10', '12:10'))
  expect(received).toEqual([])
  expect(await mails(database)).toMatchObject([{ state: 'skipped' }])
})

test('after hours it waits for the morning', async () => {
  const { host, received } = await smtpServer()
  const database = await house()
  const send = sender(database, `smtp://${host}`)
  await send(at('2026-03-13', '18:00'))
  const waits = await database.one<{ at: number }>('SELECT next_try_at AS at FROM staff_mail')
  expect(waits!.at).toBe(at('2026-03-17', '09:00'))
  expect(received).toEqual([])
  await send(at('2026-03-17', '09:00'))
  expect(received).toHaveLength(1)
})

test('a server that is away is tried again, with the same bytes under the same Message-ID', async () => {
  const { host, received } = await smtpServer()
  const database = await house()
  await sender(database, 'smtp://127.0.0.1:1')(at('2026-03-10', '12:10'))
  const [deferred] = await mails(database)
  expect(deferred).toMatchObject({ state: 'sending', reason: expect.stringMatching(/./) })
  const { raw } = (await database.one<{ raw: Buffer }>('SELECT raw FROM staff_mail'))!
  const send = sender(database, `smtp://${host}`)
  // Too early: another attempt may be under way.
  await send(at('2026-03-10', '12:10'))
  expect(received).toEqual([])
  await send(at('2026-03-10', '12:12'))
  expect(received[0]!.toString().replace(/\r\n$/, '')).toBe(raw.toString().replace(/\r\n$/, ''))
  expect(await mails(database)).toMatchObject([{ state: 'sent' }])
})

test('a refused address is told as an exception, and isn’t written to until there is another', async () => {
  const refusing = await smtpServer({
    onRcptTo: (_address, _session, callback) =>
      callback(Object.assign(new Error('no such mailbox'), { responseCode: 550 })),
  })
  const database = await house()
  const send = sender(database, `smtp://${refusing.host}`)
  await send(at('2026-03-10', '12:10'))
  expect(await mails(database)).toMatchObject([
    { state: 'failed', reason: expect.stringContaining('no such mailbox') },
  ])
  expect(await openExceptions(database, COMPANY, 9)).toMatchObject([
    { kind: 'staff_address', customer: null, detail: { person: 'sofía', email: 'sofia@cementos.example' } },
  ])
  await lookAtApproval(database, 1, at('2026-03-10', '16:00'))
  await send(at('2026-03-10', '16:10'))
  expect((await mails(database))[1]).toMatchObject({ state: 'failed', reason: 'refused before' })
  // The address is mended: what waits is told with the next reminder, and the exception is over.
  await team(
    database,
    'grantRole',
    { person: 'sofía', role: 'supervisor', email: 'sofia.i@cementos.example' },
    '2026-03-10',
  )
  expect(await openExceptions(database, COMPANY, 9)).toEqual([])
  const { host, received } = await smtpServer()
  await lookAtApproval(database, 2, at('2026-03-10', '16:30'))
  await sender(database, `smtp://${host}`)(at('2026-03-10', '16:40'))
  expect((await simpleParser(received[0]!)).to).toMatchObject({
    value: [{ address: 'sofia.i@cementos.example' }],
  })
})

test('somebody without an address is shown as not told', async () => {
  const database = await house()
  await database.rows('UPDATE colleague SET email = NULL')
  await sender(database, 'smtp://127.0.0.1:1')(at('2026-03-10', '12:10'))
  expect(await mails(database)).toEqual([{ person: 'sofía', state: 'failed', reason: 'no address' }])
})
