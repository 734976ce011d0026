import type { LocalDate } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import type { OrderCommands } from '../../domain/orders/command.ts'
import type { Rate, Rates } from '../../domain/orders/rates.ts'
import { Refusal } from '../../domain/refusal.ts'
import { companyToday } from '../company.ts'
import type { Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { touchProcess } from '../processes.ts'
import type { Ask } from '../scope.ts'

/** The rates of a day, as a source says them. Orders that waited for one are looked at again. */
export async function setRates(
  sql: Sql,
  { asking }: Ask,
  { on, source, rates }: OrderCommands['setRates'],
): Promise<Answer> {
  const { company, actor, now } = asking
  const today = await companyToday(sql, company, now)
  if (on > today) throw new Refusal('InvalidDate', { field: 'on', value: on, must: `not be after ${today}` })
  await sql.rows(
    `INSERT INTO exchange_rate (company, base, quote, on_date, rate, source, actor, loaded_at)
     SELECT $1, base, quote, $2, rate, $3, $4, to_timestamp($5 / 1000.0)
     FROM jsonb_to_recordset($6::jsonb) AS r(base text, quote text, rate numeric)`,
    [company, on, source, actor, now, JSON.stringify(rates)],
  )
  const waiting = await sql.rows<{ number: string }>(
    `SELECT number FROM sales_order WHERE company = $1 AND state = 'held' AND reasons @> '[{"code": "no_rate"}]' ORDER BY id`,
    [company],
  )
  const processes: string[] = []
  for (const { number } of waiting)
    processes.push(...(await touchProcess(sql, company, { kind: 'order', id: number })))
  const result = { on, source, rates: rates.map((r) => `${r.base}/${r.quote} ${r.rate}`) }
  await appendToJournal(sql, company, null, { event: 'rates loaded', actor, at: now, data: result })
  return { result, cases: [], processes }
}

/** The rates that are good on a day: of each pair the last one said for the latest day that isn't too long ago. */
export const ratesOn = (sql: Sql, company: string, on: LocalDate, days: number): Promise<Rates> =>
  sql.rows<Rate>(
    `SELECT DISTINCT ON (base, quote) base, quote, rate::text FROM exchange_rate
     WHERE company = $1 AND on_date BETWEEN $2::date - $3::int AND $2 ORDER BY base, quote, on_date DESC, id DESC`,
    [company, on, days],
  )
