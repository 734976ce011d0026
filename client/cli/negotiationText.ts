import type { Command } from 'commander'
import type { NegotiationView } from '../../ledger/negotiations/show.ts'
import type { Simulation } from '../../ledger/negotiations/simulation.ts'
import { tellRefusal } from '../words/tell.ts'
import { examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readId } from './given.ts'
import { type OfferOptions, readOffer, withOffer } from './offer.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import { type Cell, pairs } from './table.ts'

/** Reads of negotiations: what an offer would come to, one of them with its rounds, the list. */

export function addNegotiationReads(negotiation: Command, runs: Runs): void {
  examples(
    withOffer(
      negotiation
        .command('simulate [documents...]')
        .description(
          'Show what an offer would come to before it is sent: dates of cash, cost of time, exposure, beside a payment today. Changes nothing.',
        )
        .option('--of <id>', 'about the documents of this negotiation; without an offer, that on its table'),
    ).action(runs(simulate)),
    'negotiation simulate F-1001 F-1002 --pay 2026-12-04=20000 --pay 2027-01-08=15000',
    'negotiation simulate F-1001 --extend 60',
    'negotiation simulate --of 4',
    'negotiation simulate --of 4 --discount 4% --paid-by 2026-12-04 --json',
  )
  examples(
    negotiation
      .command('show <id>')
      .description('One negotiation: its documents, every offer, what was agreed and became of it.')
      .action(
        runs(async (session, id: string) => {
          const { readNegotiation } = await import('../../ledger/negotiations/show.ts')
          const number = readId(id, 'ID', session.phrases)
          const view = await readNegotiation(await session.ledger(), await session.company(), number)
          session.show(view, () => negotiationText(session, view))
        }),
      ),
    'negotiation show 4',
  )
  examples(
    negotiation
      .command('list')
      .description('Negotiations that are talked about or agreed, the newest first.')
      .option('--customer <code>', 'of this customer')
      .option('--all', 'those that are over too')
      .option('--limit <n>', 'how many', '50')
      .action(runs(list)),
    'negotiation list --customer C-1001 --all',
  )
}

async function simulate(
  session: Session,
  documents: string[],
  options: OfferOptions & { of?: string },
): Promise<void> {
  const { phrases } = session
  if ((documents.length === 0) === (options.of === undefined))
    throw new UsageError(phrases.sayOneOf('DOC…, --of'))
  const [{ customerOfDocuments, simulateOffer }, { readNegotiation }] = await Promise.all([
    import('../../ledger/negotiations/simulation.ts'),
    import('../../ledger/negotiations/show.ts'),
  ])
  const [sql, company] = [await session.ledger(), await session.company()]
  const negotiation = options.of === undefined ? undefined : readId(options.of, '--of', phrases)
  const { customer, currency } =
    negotiation === undefined
      ? await customerOfDocuments(sql, company, documents)
      : await readNegotiation(sql, company, negotiation)
  const offer = readOffer(session, options, currency)
  if (offer === undefined && negotiation === undefined) throw new UsageError(phrases.negotiation.noOffer)
  const simulation = await simulateOffer(sql, {
    company,
    now: Date.now(),
    customer,
    ...(negotiation === undefined ? { documents } : { negotiation }),
    ...(offer === undefined ? {} : { offer }),
  })
  session.show(simulation, () => simulationText(session, simulation))
}

/** The claim beside the offer, the cash by day, the documents. */
export function simulationText(session: Session, s: Simulation): string {
  const { phrases, speech, table, words } = session
  const { labels, cost, terms, beyond } = phrases.negotiation
  const money = (amount: string): Cell => ({ amount, currency: s.currency })
  const days = (text: string): Cell => ({ amount: text })
  const given = (label: string, now: string | null, offered: string | null): [string, Cell, Cell][] =>
    [now, offered].every((amount) => amount === null || /^[0.]+$/.test(amount))
      ? []
      : [[label, now === null ? '' : money(now), offered === null ? '' : money(offered)]]
  const beside: [string, Cell, Cell][] = [
    [labels.claim, money(s.claim), money(s.paid)],
    ...given(labels.discount, null, s.discount),
    ...given(labels.stillOpen, null, s.open),
    ...given(labels.interest, s.interest, null),
    ...given(labels.waived, null, s.waived),
    [`${labels.cost} ${cost(s.cost.ratePercent)}`, money(s.cost.paidNow), money(s.cost.asOffered)],
    [labels.daysLate, days(s.daysLate.paidNow), days(s.daysLate.asOffered)],
    ...given(labels.givenUp, null, s.givenUp),
  ]
  const standing = (of: keyof Simulation['standing']) => words.orders.standings[s.standing[of]]
  return [
    `${s.customer}: ${terms(s.terms, speech)}`,
    ...s.beyondPolicy.map((data) =>
      beyond(tellRefusal(words, speech, { refusal: 'TermsBeyondPolicy', data })),
    ),
    '',
    table(
      [{ title: '' }, { title: labels.now, right: true }, { title: labels.asOffered, right: true }],
      beside.map((row) => [...row]),
    ),
    '',
    table(
      [
        { title: phrases.labels.date },
        { title: labels.payment, right: true },
        { title: labels.left, right: true },
        { title: labels.exposure, right: true },
      ],
      [
        ['', '', money(s.claim), money(s.exposure)],
        ...s.cash.map((c): Cell[] => [{ date: c.on }, money(c.amount), money(c.left), money(c.exposure)]),
      ],
    ),
    '',
    `${labels.standing}: ${standing('now')} → ${standing('agreed')} → ${standing('paid')} (${labels.standings})`,
    '',
    table(
      [
        { title: phrases.labels.document },
        { title: labels.claim, right: true },
        { title: phrases.labels.due },
        { title: labels.newDue },
        { title: labels.paidOn },
      ],
      s.documents.map((d): Cell[] => [
        d.document,
        money(d.claim),
        { date: d.dueOn },
        d.newDueOn === d.dueOn ? '' : { date: d.newDueOn },
        d.paidOn === null ? '' : { date: d.paidOn },
      ]),
    ),
  ].join('\n')
}

/** Its facts, its documents, and under them each offer. */
export function negotiationText(session: Session, view: NegotiationView): string {
  const { phrases, words, speech, table } = session
  const { labels, terms } = phrases.negotiation
  const on = (day: string | null) => (day === null ? '' : speech.date(day))
  const facts = pairs([
    [phrases.labels.number, String(view.id)],
    [phrases.labels.customer, `${view.customer} ${view.name}`],
    [phrases.labels.state, words.negotiationStates[view.state]],
    [phrases.labels.by, view.openedBy],
    [phrases.labels.date, on(view.openedOn)],
    [labels.validThrough, view.agreedOn === null ? on(view.validThrough) : ''],
    [labels.agreed, view.agreedOn === null ? '' : `${on(view.agreedOn)}, ${view.agreedWith}`],
    [labels.promise, view.promise === null ? '' : String(view.promise)],
    [labels.approval, view.approval === null ? '' : String(view.approval)],
    [labels.endsOn, on(view.endsOn)],
  ])
  const money = (amount: string): Cell => ({ amount, currency: view.currency })
  const documents = table(
    [
      { title: phrases.labels.document },
      { title: labels.claimThen, right: true },
      { title: phrases.labels.open, right: true },
      { title: phrases.labels.due },
      { title: labels.discount, right: true },
      { title: labels.given, right: true },
    ],
    view.documents.map((d): Cell[] => [
      d.document,
      money(d.claim),
      money(d.open),
      { date: d.dueOn },
      money(d.discount),
      money(d.given),
    ]),
  )
  const rounds = table(
    [
      { title: labels.round, right: true },
      { title: phrases.labels.date },
      { title: labels.offeredBy },
      { title: labels.terms, cut: true },
      { title: phrases.labels.notes, cut: true },
    ],
    view.rounds.map((r): Cell[] => [
      { count: r.no },
      { date: r.madeOn },
      r.by === 'us' ? words.sides.us : `${words.sides.customer} (${r.person})`,
      terms(r.terms, speech),
      r.notes,
    ]),
  )
  return `${facts}\n\n${documents}\n\n${rounds}`
}

async function list(
  session: Session,
  options: { customer?: string; all?: boolean; limit: string },
): Promise<void> {
  const { phrases, words, table } = session
  const { labels } = phrases.negotiation
  const { readNegotiations } = await import('../../ledger/negotiations/show.ts')
  const rows = await readNegotiations(await session.ledger(), {
    company: await session.company(),
    limit: readId(options.limit, '--limit', phrases),
    ...(options.customer === undefined ? {} : { customer: options.customer }),
    ...(options.all ? { all: true } : {}),
  })
  session.show({ negotiations: rows }, () =>
    table(
      [
        { title: phrases.labels.number, right: true },
        { title: phrases.labels.customer },
        { title: phrases.labels.state },
        { title: phrases.labels.receivables, right: true },
        { title: labels.claim, right: true },
        { title: labels.round, right: true },
        { title: phrases.labels.by },
        { title: phrases.labels.date },
        { title: phrases.labels.until },
      ],
      rows.map((n): Cell[] => [
        { count: n.id },
        n.customer,
        words.negotiationStates[n.state],
        { count: n.documents },
        { amount: n.claim, currency: n.currency },
        { count: n.rounds },
        n.openedBy,
        { date: n.openedOn },
        { date: n.until },
      ]),
      phrases.nothing,
    ),
  )
}
