import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Sql } from '../../ledger/database.ts'
import { type JournalHead, journalHeads, verifyJournal } from '../../ledger/journal.ts'
import { freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ask, look, pay } from './books.ts'

const CHAIN = 'customer:1'

/** A ledger with two customers' chains and the company's; and an intruder who has the owner's password. */
async function lived() {
  const { database, owner } = await freshLedger()
  await loadItems(
    database,
    [
      { document: 'F-1', due: '2026-03-02' },
      { document: 'X-1', customer: 'C-2', due: '2026-03-02' },
    ],
    noon('2026-03-05'),
  )
  await look(database, '2026-03-05')
  await ask(database, 'pause', { to: '2026-03-08', why: 'meeting' }, { on: '2026-03-06' })
  await pay(database, 'R-1', 100, ['F-1'], '2026-03-10')
  await pay(database, 'R-2', 100, ['X-1'], '2026-03-10', { customer: 'C-2' })
  const tamper = async (...statements: string[]) => {
    await owner.transaction(async (sql) => {
      await sql.rows('ALTER TABLE journal DISABLE TRIGGER ALL')
      for (const statement of statements) await sql.rows(statement)
      await sql.rows('ALTER TABLE journal ENABLE TRIGGER ALL')
    })
    return (await verifyJournal(database)).findings
  }
  const head = (await journalHeads(database)).find((h) => h.chain === CHAIN)!
  return { database, owner, tamper, head }
}

test('what was written by itself verifies', async () => {
  const { database } = await lived()
  const verified = await verifyJournal(database)
  expect(verified).toMatchObject({ chains: 3, findings: [] })
  expect(verified.entries).toBeGreaterThan(5)
  expect((await verifyJournal(database, await journalHeads(database))).findings).toEqual([])
})

test('what is written while it is verified raises no alarm', async () => {
  const { database } = await lived()
  // Between the heads that are read first and the entries, a payment comes in and a customer is new.
  const slow: Sql = {
    one: database.one,
    rows: async (text, values) => {
      if (text.includes('FROM journal WHERE (chain, seq)')) {
        await pay(database, 'R-3', 100, ['F-1'], '2026-03-11').catch(() => {})
        await loadItems(
          database,
          [{ document: 'Y-1', customer: 'C-3', due: '2026-03-02' }],
          noon('2026-03-11'),
        )
      }
      return database.rows(text, values)
    },
  }
  expect((await verifyJournal(slow)).findings).toEqual([])
})

test('an altered entry is named', async () => {
  const { tamper } = await lived()
  expect(
    await tamper(
      `UPDATE journal SET entry = replace(entry, 'meeting', 'holiday') WHERE chain = '${CHAIN}' AND seq = 2`,
    ),
  ).toEqual([{ chain: CHAIN, seq: 2, problem: 'altered' }])
})

test('an altered hash is named, and only that row', async () => {
  const { tamper } = await lived()
  expect(await tamper(`UPDATE journal SET hash = sha256('x') WHERE chain = '${CHAIN}' AND seq = 2`)).toEqual([
    { chain: CHAIN, seq: 2, problem: 'altered' },
  ])
})

test('an entry altered together with its hash breaks the link to the next', async () => {
  const { tamper } = await lived()
  const found = await tamper(
    `UPDATE journal j SET entry = replace(j.entry, 'meeting', 'holiday'),
       hash = sha256((SELECT hash FROM journal p WHERE p.chain = j.chain AND p.seq = 1) || convert_to(replace(j.entry, 'meeting', 'holiday'), 'UTF8'))
     WHERE chain = '${CHAIN}' AND seq = 2`,
  )
  expect(found).toEqual([{ chain: CHAIN, seq: 3, problem: 'altered' }])
})

test('an entry removed in the middle is named', async () => {
  const { tamper } = await lived()
  expect(await tamper(`DELETE FROM journal WHERE chain = '${CHAIN}' AND seq = 2`)).toEqual([
    { chain: CHAIN, seq: 2, problem: 'removed' },
  ])
})

test('removed and the gap closed by renumbering: those that moved up are named', async () => {
  const { tamper, head } = await lived()
  const found = await tamper(
    `DELETE FROM journal WHERE chain = '${CHAIN}' AND seq = 2`,
    `UPDATE journal SET seq = seq - 1 WHERE chain = '${CHAIN}' AND seq > 2`,
  )
  expect(found).toContainEqual({ chain: CHAIN, seq: 2, problem: 'moved' })
  expect(found).toContainEqual({ chain: CHAIN, seq: head.seq, problem: 'removed' })
})

test('the last entry removed is named: the head knows how many there were', async () => {
  const { tamper, head } = await lived()
  expect(await tamper(`DELETE FROM journal WHERE chain = '${CHAIN}' AND seq = ${head.seq}`)).toEqual([
    { chain: CHAIN, seq: head.seq, problem: 'removed' },
  ])
})

test('swapped entries are named', async () => {
  const { tamper } = await lived()
  const found = await tamper(
    `UPDATE journal SET seq = -2 WHERE chain = '${CHAIN}' AND seq = 2`,
    `UPDATE journal SET seq = 2 WHERE chain = '${CHAIN}' AND seq = 3`,
    `UPDATE journal SET seq = 3 WHERE chain = '${CHAIN}' AND seq = -2`,
  )
  expect(found.filter((f) => f.problem === 'moved')).toEqual([
    { chain: CHAIN, seq: 2, problem: 'moved' },
    { chain: CHAIN, seq: 3, problem: 'moved' },
  ])
})

test('an entry moved to another customer’s chain is named in both', async () => {
  const { tamper, head } = await lived()
  const found = await tamper(
    `DELETE FROM journal WHERE chain = 'customer:2' AND seq = 2`,
    `UPDATE journal SET chain = 'customer:2', seq = 2 WHERE chain = '${CHAIN}' AND seq = ${head.seq}`,
  )
  expect(found).toContainEqual({ chain: 'customer:2', seq: 2, problem: 'moved' })
  expect(found).toContainEqual({ chain: CHAIN, seq: head.seq, problem: 'removed' })
})

test('an altered head is named', async () => {
  const { tamper, head } = await lived()
  expect(await tamper(`UPDATE customer SET journal_hash = sha256('x') WHERE id = 1`)).toEqual([
    { chain: CHAIN, seq: head.seq, problem: 'head does not match' },
  ])
})

test('a head set back, its entries left, is named', async () => {
  const { tamper, head } = await lived()
  expect(await tamper('UPDATE customer SET journal_seq = journal_seq - 1 WHERE id = 1')).toEqual([
    { chain: CHAIN, seq: head.seq, problem: 'head does not match' },
  ])
  expect(await tamper('UPDATE customer SET journal_seq = 0 WHERE id = 1')).toEqual([
    { chain: CHAIN, seq: head.seq, problem: 'unknown chain' },
  ])
})

test('a whole chain removed is named, entry by entry', async () => {
  const { tamper, head } = await lived()
  const found = await tamper(`DELETE FROM journal WHERE chain = '${CHAIN}'`)
  expect(found).toEqual(
    Array.from({ length: head.seq }, (_, i) => ({ chain: CHAIN, seq: i + 1, problem: 'removed' })),
  )
})

test('an entry made up for a chain nobody has is named', async () => {
  const { tamper } = await lived()
  const found = await tamper(
    `INSERT INTO journal (chain, seq, entry, hash) VALUES ('customer:99', 1, '{"chain": "customer:99", "seq": 1}', sha256('{"chain": "customer:99", "seq": 1}'))`,
  )
  expect(found).toEqual([{ chain: 'customer:99', seq: 1, problem: 'unknown chain' }])
})

/** What an intruder with the owner's rights can do: write the chain anew, head included, from a changed entry on. */
async function rewrite({ database, owner }: Awaited<ReturnType<typeof lived>>, keep: number): Promise<void> {
  const rows = await database.rows<{ seq: bigint; entry: string }>(
    `SELECT seq, entry FROM journal WHERE chain = $1 ORDER BY seq LIMIT $2`,
    [CHAIN, keep],
  )
  let hash: Buffer = Buffer.alloc(0)
  await owner.transaction(async (sql) => {
    await sql.rows('ALTER TABLE journal DISABLE TRIGGER ALL')
    await sql.rows('DELETE FROM journal WHERE chain = $1', [CHAIN])
    for (const row of rows) {
      const entry = row.entry.replace('meeting', 'holiday')
      hash = createHash('sha256').update(hash).update(entry).digest()
      await sql.rows('INSERT INTO journal (chain, seq, entry, hash) VALUES ($1, $2, $3, $4)', [
        CHAIN,
        row.seq,
        entry,
        hash,
      ])
    }
    await sql.rows('UPDATE customer SET journal_seq = $1, journal_hash = $2 WHERE id = 1', [
      rows.length,
      hash,
    ])
    await sql.rows('ALTER TABLE journal ENABLE TRIGGER ALL')
  })
}

test('a chain rewritten together with its head shows against the heads that were kept outside', async () => {
  const scene = await lived()
  const kept: JournalHead[] = await journalHeads(scene.database)
  await rewrite(scene, 100)
  expect((await verifyJournal(scene.database)).findings).toEqual([])
  expect((await verifyJournal(scene.database, kept)).findings).toEqual([
    { chain: CHAIN, seq: scene.head.seq, problem: 'altered' },
  ])
})

test('so does a chain cut short together with its head, and one that is gone', async () => {
  const scene = await lived()
  const kept: JournalHead[] = await journalHeads(scene.database)
  await rewrite(scene, 1)
  expect((await verifyJournal(scene.database)).findings).toEqual([])
  expect((await verifyJournal(scene.database, kept)).findings).toEqual([
    { chain: CHAIN, seq: scene.head.seq, problem: 'removed' },
  ])
  await rewrite(scene, 0)
  expect((await verifyJournal(scene.database, kept)).findings).toEqual([
    { chain: CHAIN, seq: scene.head.seq, problem: 'removed' },
  ])
})
