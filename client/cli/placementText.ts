import { type Command, Option } from 'commander'
import {
  PLACEMENT_KINDS,
  PLACEMENT_STATES,
  type PlacementKind,
  type PlacementState,
} from '../../domain/placement/placement.ts'
import type { PlacementView, ShownPlacement } from '../../ledger/placements/show.ts'
import { tellCode, tellWhy } from '../words/tell.ts'
import { examples } from './examples.ts'
import { readId } from './given.ts'
import { idOf } from './placement.ts'
import { proofText } from './proofs.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import { type Cell, pairs } from './table.ts'

/** Reads of placements: the list, one of them, its evidence. */

interface Asked {
  state?: PlacementState | 'open'
  kind?: PlacementKind
  customer?: string
  agency?: string
  limit: string
  before?: string
}

export function addPlacementReads(placement: Command, runs: Runs): void {
  examples(
    placement
      .command('list')
      .description('Placements, the newest first; for a person of an agency, its own.')
      .addOption(new Option('--state <state>', 'only in this state').choices(['open', ...PLACEMENT_STATES]))
      .addOption(new Option('--kind <kind>', 'only of this kind').choices(PLACEMENT_KINDS))
      .option('--customer <code>', 'only of this customer')
      .option('--agency <code>', 'only with this agency')
      .option('--limit <n>', 'so many at most', '50')
      .option('--before <id>', 'those before this one')
      .action(
        runs(async (session, { limit, before, ...of }: Asked) => {
          const { placementsFor } = await import('../../ledger/placements/show.ts')
          const count = readId(limit, '--limit', session.phrases)
          const placements = await placementsFor(
            await session.ledger(),
            await session.company(),
            session.actor,
            {
              ...of,
              limit: count,
              ...(before === undefined ? {} : { before: readId(before, '--before', session.phrases) }),
            },
          )
          const next = placements.length === count ? placements.at(-1)!.id : null
          session.show({ placements, next }, () => listText(session, placements, next))
        }),
      ),
    'placement list --state open --agency norte',
    'placement list --as nora --json',
  )
  examples(
    placement
      .command('show <id>')
      .description('One placement: documents, offers, reports, money, mails.')
      .action(
        runs(async (session, id: string) => {
          const { showPlacement } = await import('../../ledger/placements/show.ts')
          const view = await showPlacement(
            await session.ledger(),
            await session.company(),
            session.actor,
            idOf(session, id),
          )
          session.show(view, () => viewText(session, view))
        }),
      ),
    'placement show 7',
  )
  examples(
    placement
      .command('evidence <id>')
      .description(
        'Make the pack of evidence: one PDF with a list of contents and folios, and an archive with everything and its hashes.',
      )
      .option('--pdf <file>', 'write the PDF to this file')
      .option('--zip <file>', 'write the archive to this file')
      .action(runs(evidence)),
    'placement evidence 7 --pdf evidence.pdf --zip evidence.zip',
  )
}

async function evidence(
  session: Session,
  id: string,
  { pdf, zip }: { pdf?: string; zip?: string },
): Promise<void> {
  const [{ makeEvidence }, { documentWriter }] = await Promise.all([
    import('../statements.ts'),
    import('./keptDocuments.ts'),
  ])
  const made = await makeEvidence(await session.door(), idOf(session, id), session.actor)
  const files = [pdf, zip]
  const write = await documentWriter(session)
  for (const [at, document] of made.entries()) {
    const file = files[at]
    if (file !== undefined) await write(document, file)
  }
  const { phrases } = session
  session.show(made, () =>
    made
      .map((document, at) => phrases.documentWritten({ ...document, file: files[at] ?? document.name }))
      .join('\n'),
  )
}

function listText(session: Session, placements: readonly ShownPlacement[], next: number | null): string {
  const { phrases, words, table, left } = session
  const { labels } = phrases
  const text = table(
    [
      { title: labels.number, right: true },
      { title: labels.customer },
      { title: labels.kind },
      { title: labels.state },
      { title: labels.agency },
      { title: labels.dueOn },
      { title: labels.open, right: true },
      { title: labels.recovered, right: true },
    ],
    placements.flatMap((p) =>
      (p.totals.length === 0 ? [null] : p.totals).map((t): Cell[] => [
        { count: p.id },
        p.customer.code,
        words.placementKinds[p.kind],
        words.placementStates[p.state],
        p.agency ?? '',
        (p.answerBy ?? p.reportDueOn) === null ? '' : { date: (p.answerBy ?? p.reportDueOn)! },
        t === null ? '' : { amount: t.open, currency: t.currency },
        t === null ? '' : { amount: t.recovered },
      ]),
    ),
    phrases.nothing,
  )
  return next === null ? text : `${text}\n${left(phrases.more(String(next)))}`
}

function viewText(session: Session, view: PlacementView): string {
  const { phrases, words, speech, table } = session
  const { labels } = phrases
  const date = (on: string): Cell => ({ date: on })
  const dueOn = view.answerBy ?? view.reportDueOn
  const section = (rows: readonly Cell[][], titles: readonly string[]): string[] =>
    rows.length === 0
      ? []
      : [
          '',
          table(
            titles.map((title) => ({ title })),
            rows,
          ),
        ]
  return [
    `${view.id}  ${view.customer.code}  ${view.customer.name}`,
    pairs([
      [labels.kind, words.placementKinds[view.kind]],
      [labels.state, words.placementStates[view.state]],
      [labels.agency, view.agency ?? ''],
      [
        labels.commission,
        view.commissionPercent === null ? '' : phrases.commissionOf(view.commissionPercent),
      ],
      [labels.dueOn, dueOn === null ? '' : speech.date(dueOn)],
      [labels.why, view.why],
      [labels.by, phrases.askedFor(view.requestedBy, view.approvedBy.join(', '))],
      [labels.result, view.closedWhy === null ? '' : tellWhy(words, view.closedWhy)],
    ]),
    ...section(
      view.items.map((i): Cell[] => [
        i.document,
        date(i.dueOn),
        { amount: i.original, currency: i.currency },
        { amount: i.open },
        tellCode(words.stages, i.stage),
      ]),
      [labels.document, labels.due, labels.original, labels.open, labels.stage],
    ),
    ...section(
      view.offers.map((o): Cell[] => [
        o.agency,
        date(o.offeredOn),
        date(o.answerBy),
        o.answer === null ? '' : tellCode(words.offerAnswers, o.answer),
        o.why ?? '',
      ]),
      [labels.agency, labels.date, labels.dueOn, labels.answer, labels.why],
    ),
    ...section(
      view.reports.map((r): Cell[] => [
        date(r.on),
        r.by,
        words.reportResults[r.result],
        r.notes,
        proofText(session, r.proof),
      ]),
      [labels.date, labels.by, labels.result, labels.notes, labels.proof],
    ),
    ...section(
      view.recoveries.map((r): Cell[] => [
        r.receipt,
        date(r.on),
        { amount: r.amount, currency: r.currency },
        { amount: r.commission },
        r.reversed ? phrases.reversed : '',
      ]),
      [labels.receipt, labels.date, labels.amount, labels.commission, labels.state],
    ),
    ...section(
      view.costs.map((c): Cell[] => [
        date(c.on),
        c.what,
        { amount: c.amount, currency: c.currency },
        c.reference,
      ]),
      [labels.date, labels.what, labels.amount, labels.number],
    ),
    ...section(
      view.mails.map((m): Cell[] => [
        date(m.on),
        m.to,
        tellCode(words.agencyMails, m.purpose),
        tellCode(words.messageStates, m.state),
      ]),
      [labels.date, labels.to, labels.subject, labels.state],
    ),
  ].join('\n')
}
