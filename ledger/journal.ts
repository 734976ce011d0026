import { createHash } from 'node:crypto'
import type { Instant } from '../domain/calendar.ts'
import type { Sql } from './database.ts'

/** One thing that happened, as the journal keeps it. Receivables are named by id. */
export interface JournalEntry {
  event: string
  actor: string
  at: Instant
  why?: string
  receivables?: number[]
  /** What the event's sentence needs: amounts as decimal strings, before and after. */
  data?: Record<string, unknown>
}

/** Appends to a customer's chain (or the company's, customer null), in the caller's transaction. */
export async function appendToJournal(
  sql: Sql,
  company: string,
  customerId: number | null,
  entry: JournalEntry,
): Promise<void> {
  await appendAllToJournal(sql, company, [{ ...entry, customerId }])
}

/** The same for many entries of any chains, in their order. */
export async function appendAllToJournal(
  sql: Sql,
  company: string,
  entries: readonly (JournalEntry & { customerId: number | null })[],
): Promise<void> {
  const stored = entries.map(({ customerId, ...entry }) => ({
    customer: customerId,
    entry: { ...entry, at: new Date(entry.at).toISOString() },
  }))
  await sql.rows(
    'SELECT journal_append($1, customer, entry) FROM jsonb_to_recordset($2::jsonb) AS e(customer bigint, entry jsonb)',
    [company, JSON.stringify(stored)],
  )
}

export interface TimelineRow {
  at: string
  event: string
  actor: string
  why: string | null
  data: Record<string, unknown>
}

/** All that the journal says of a receivable, oldest first. */
export async function timelineOf(sql: Sql, customerId: number, receivableId: number): Promise<TimelineRow[]> {
  const rows = await sql.rows<{ entry: string }>(
    `SELECT entry FROM journal WHERE chain = 'customer:' || $1::text AND receivables @> to_jsonb($2::bigint) ORDER BY seq`,
    [customerId, receivableId],
  )
  return rows.map(({ entry }) => {
    const parsed = JSON.parse(entry) as {
      at: string
      event: string
      actor: string
      why?: string
      data?: Record<string, unknown>
    }
    return {
      at: parsed.at,
      event: parsed.event,
      actor: parsed.actor,
      why: parsed.why ?? null,
      data: parsed.data ?? {},
    }
  })
}

export interface JournalFinding {
  chain: string
  seq: number
  problem: 'altered' | 'removed' | 'moved' | 'head does not match' | 'unknown chain'
}

export interface JournalHead {
  chain: string
  seq: number
  /** Hex. */
  hash: string
}

const PAGE = 5_000

/**
 * Recomputes every chain outside the database, from the stored text. Finds rows that were altered, removed
 * (the last ones too: the head on the customer's row knows how many there were), or moved. With `anchors`,
 * heads exported before, also a chain rewritten from its beginning together with its head.
 */
export async function verifyJournal(
  sql: Sql,
  anchors: JournalHead[] = [],
): Promise<{ entries: number; chains: number; findings: JournalFinding[] }> {
  const heads = new Map((await journalHeads(sql)).map((head) => [head.chain, head]))
  const anchored = new Map(anchors.map((anchor) => [`${anchor.chain} ${anchor.seq}`, anchor.hash]))
  const findings: JournalFinding[] = []
  let entries = 0
  const none = Buffer.alloc(0)
  let last: Link = { chain: '', seq: 0, hash: none, computed: none }
  const grown: Link[] = []
  const endOfChain = () => {
    if (last.chain === '') return
    const head = heads.get(last.chain)
    heads.delete(last.chain)
    if (!head || head.seq < last.seq) grown.push(last)
    else if (head.seq > last.seq)
      for (let seq = last.seq + 1; seq <= head.seq; seq++)
        findings.push({ chain: last.chain, seq, problem: 'removed' })
    else if (!endsIn(last, head))
      findings.push({ chain: last.chain, seq: last.seq, problem: 'head does not match' })
  }
  for (;;) {
    const rows = await sql.rows<{ chain: string; seq: bigint; entry: string; hash: Buffer }>(
      'SELECT chain, seq, entry, hash FROM journal WHERE (chain, seq) > ($1, $2) ORDER BY chain, seq LIMIT $3',
      [last.chain, last.seq, PAGE],
    )
    for (const row of rows) {
      const seq = Number(row.seq)
      entries++
      if (row.chain !== last.chain) {
        endOfChain()
        last = { chain: row.chain, seq: 0, hash: none, computed: none }
      }
      let gap = false
      for (let missing = last.seq + 1; missing < seq; missing++) {
        findings.push({ chain: row.chain, seq: missing, problem: 'removed' })
        gap = true
      }
      const said = placeSaid(row.entry)
      const follows = (previous: Buffer) =>
        createHash('sha256').update(previous).update(row.entry, 'utf8').digest()
      const computed = follows(last.hash)
      // What follows is checked against the stored hash of the one before, or the one it should have had, so that
      // one bad row is named and not the next one too.
      const sound = computed.equals(row.hash) || follows(last.computed).equals(row.hash)
      if (said.chain !== row.chain || said.seq !== seq)
        findings.push({ chain: row.chain, seq, problem: 'moved' })
      else if (!gap && !sound) findings.push({ chain: row.chain, seq, problem: 'altered' })
      const anchor = anchored.get(`${row.chain} ${seq}`)
      if (anchor !== undefined && anchor !== row.hash.toString('hex'))
        findings.push({ chain: row.chain, seq, problem: 'altered' })
      last = { chain: row.chain, seq, hash: row.hash, computed }
    }
    if (rows.length < PAGE) break
  }
  endOfChain()
  for (const head of heads.values())
    for (let seq = 1; seq <= head.seq; seq++) findings.push({ chain: head.chain, seq, problem: 'removed' })
  // Chains that are longer than their head was at the beginning: written to meanwhile, or the head was set back.
  const now = new Map((await journalHeads(sql)).map((head) => [head.chain, head]))
  for (const chain of grown) {
    const head = now.get(chain.chain)
    if (!head) findings.push({ chain: chain.chain, seq: chain.seq, problem: 'unknown chain' })
    else if (head.seq < chain.seq || (head.seq === chain.seq && !endsIn(chain, head)))
      findings.push({ chain: chain.chain, seq: chain.seq, problem: 'head does not match' })
  }
  const seen = new Set(findings.map((f) => `${f.chain} ${f.seq}`))
  for (const anchor of anchors)
    if ((now.get(anchor.chain)?.seq ?? 0) < anchor.seq && !seen.has(`${anchor.chain} ${anchor.seq}`))
      findings.push({ chain: anchor.chain, seq: anchor.seq, problem: 'removed' })
  return { entries, chains: now.size, findings }
}

interface Link {
  chain: string
  seq: number
  /** As stored, and as it follows from the stored one before it. */
  hash: Buffer
  computed: Buffer
}

const endsIn = (last: Link, head: JournalHead): boolean =>
  head.hash === last.hash.toString('hex') || head.hash === last.computed.toString('hex')

const placeSaid = (entry: string): { chain: unknown; seq: unknown } => {
  try {
    return JSON.parse(entry) as { chain: unknown; seq: unknown }
  } catch {
    return { chain: null, seq: null }
  }
}

/** The heads of all chains that have entries: what to keep outside to prove that nothing was rewritten. */
export async function journalHeads(sql: Sql): Promise<JournalHead[]> {
  const rows = await sql.rows<{ chain: string; seq: bigint; hash: string }>(
    `SELECT 'customer:' || id AS chain, journal_seq AS seq, encode(journal_hash, 'hex') AS hash FROM customer WHERE journal_seq > 0
     UNION ALL
     SELECT 'company:' || id, journal_seq, encode(journal_hash, 'hex') FROM company WHERE journal_seq > 0
     ORDER BY chain`,
  )
  return rows.map((row) => ({ chain: row.chain, seq: Number(row.seq), hash: row.hash }))
}
