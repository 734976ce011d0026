import { createHash } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { PDFDocument } from '@cantoo/pdf-lib'
import { expect, test } from 'vitest'
import { demandPdf } from '../../activities/documents/demandPdf.ts'
import { type Exhibit, evidencePack } from '../../activities/documents/evidencePack.ts'
import { statementPdf } from '../../activities/documents/statementPdf.ts'
import { zip } from '../../activities/documents/zip.ts'
import type { Demand } from '../../ledger/placements/demandLetter.ts'
import type { Evidence } from '../../ledger/placements/evidence.ts'
import { readPdf } from './readPdf.ts'
import { asOf, look, sender, statement } from './statements.ts'

const sha256 = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex')

/** Files of an archive, read by its central directory, the way programs do. */
function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from('504b0506', 'hex'))
  const files = new Map<string, Buffer>()
  let at = archive.readUInt32LE(end + 16)
  for (let n = archive.readUInt16LE(end + 10); n > 0; n--) {
    const [packed, nameLength] = [archive.readUInt32LE(at + 20), archive.readUInt16LE(at + 28)]
    const local = archive.readUInt32LE(at + 42)
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength)
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
    files.set(name, inflateRawSync(archive.subarray(start, start + packed)))
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32)
  }
  return files
}

/** Entries that chain up as the ledger's do. */
function chained(events: readonly string[]): Evidence['journal'] {
  let previous = ''
  const entries = events.map((event, index) => {
    const entry = JSON.stringify({ at: '2026-11-01T10:00:00.000Z', event, seq: index + 1, actor: 'ana' })
    const hash = sha256(Buffer.concat([Buffer.from(previous, 'hex'), Buffer.from(entry)]))
    const one = { seq: index + 1, at: '2026-11-01T10:00:00.000Z', event, actor: 'ana', entry, previous, hash }
    previous = hash
    return one
  })
  return { chain: 'customer:1', entries, head: { seq: entries.length, hash: previous } }
}

const evidence = (changes: Partial<Evidence> = {}): Evidence => ({
  placement: {
    id: 7,
    kind: 'legal',
    why: 'does not answer',
    requestedBy: 'ana',
    approvedBy: ['sofía', 'mario'],
    begunOn: '2026-11-20',
    items: [
      {
        document: 'F-100',
        currency: 'MXN',
        original: '2000.00',
        open: '1500.00',
        dueOn: '2026-11-13',
        stage: 'legal',
        placed: true,
      },
    ],
  },
  agency: 'Letras y Asociados, S.C.',
  customerId: 1,
  customer: { code: 'C-0045', name: 'Distribuidora Ñandú y Hermanos' },
  language: 'es-MX',
  timeZone: 'America/Mexico_City',
  analyst: 'María José Íñiguez',
  asOf,
  statement: statement(),
  messages: [
    {
      at: Date.UTC(2026, 10, 16, 16),
      template: 'reminder',
      to: 'pagos@nandu.example',
      mailId: 'abc',
      response: '250 2.0.0 Ok: queued as 4F1',
    },
  ],
  contacts: [
    {
      at: Date.UTC(2026, 10, 17, 17),
      channel: 'phone',
      person: 'Lucía Peña',
      result: 'promised',
      words: null,
      notes: 'paga el viernes, está esperando a su cliente',
      by: 'ana',
    },
  ],
  promises: [
    {
      madeOn: '2026-11-17',
      madeBy: 'Lucía Peña',
      currency: 'MXN',
      amount: '1500.00',
      dueOn: ['2026-11-20'],
      state: 'broken',
    },
  ],
  disputes: [],
  journal: chained(['loaded', 'reminder sent', 'call logged', 'promise recorded', 'promise broken']),
  documents: [],
  ...changes,
})

const exhibit = (kind: string, name: string, mediaType: string, content: Buffer): Exhibit => ({
  document: {
    id: 1,
    customer: 'C-0045',
    kind,
    name,
    mediaType,
    hash: sha256(content),
    bytes: content.length,
    source: null,
    asOf: null,
    actor: 'ana',
    recordedAt: 0,
  },
  content,
})

/** A red dot. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==',
  'base64',
)

async function exhibits(): Promise<Exhibit[]> {
  const contract = await statementPdf(statement({ language: 'en' }), sender, look())
  return [
    exhibit('contract', 'contrato.pdf', 'application/pdf', contract),
    exhibit('photo', 'visita.png', 'image/png', PNG),
    exhibit('invoice', '../factura.xml', 'application/xml', Buffer.from('<cfdi/>')),
    exhibit('pagare', 'roto.pdf', 'application/pdf', Buffer.from('%PDF-1.4 nothing else')),
  ]
}

test('one document: cover, contents with folios, our parts, what came from outside as it came', async () => {
  const given = await exhibits()
  const { pdf } = await evidencePack(evidence(), given, sender, look())
  const { pages, title } = await readPdf(pdf)
  expect(title).toBe('Expediente de evidencia 7')
  const cover = pages[0]!.join('\n')
  for (const part of [
    'Distribuidora Ñandú y Hermanos',
    'turno 7 (cobranza jurídica, Letras y Asociados, S.C.)',
    'lo aprobó sofía y mario',
    'Contrato: contrato.pdf',
    'en el archivo',
  ])
    expect(cover.replaceAll('\n', ' ').replaceAll('\t', ' ')).toContain(part)
  // Each part stands on the folio that the contents say.
  const heads: Record<string, string> = {
    'Documentos que se reclaman': 'Documentos que se reclaman',
    'Estado de cuenta': 'Estado de cuenta',
    'Mensajes entregados': 'Mensajes entregados',
    Conversaciones: 'Conversaciones',
    'Promesas de pago': 'Promesas de pago',
    'Extracto de la bitácora': 'Extracto de la bitácora',
    'Contrato: contrato.pdf': 'Statement of account',
  }
  for (const [part, head] of Object.entries(heads)) {
    const line = pages[0]!.find((text) => text.startsWith(part))!
    expect(line, part).toBeDefined()
    const folio = Number(line.split('\t').at(-1))
    expect(pages[folio - 1]!.join('\n'), part).toContain(head)
    expect(pages[folio - 1]!.at(-1), part).toContain(`folio ${folio} de ${pages.length}`)
  }
  // Nothing to say isn't a part.
  expect(cover).not.toContain('Aclaraciones')
  // The picture has a page; what no page can show has none.
  expect(cover).toMatch(/Foto: visita\.png.*\t1\t\d+/)
  expect(cover).toMatch(/Factura: \.\.\/factura\.xml[^\n]*\t—\ten el archivo/)
  expect(cover).toMatch(/Pagaré: roto\.pdf[^\n]*\t—\ten el archivo/)
  for (const one of given) expect(cover).toContain(one.document.hash.slice(0, 16))
})

test('the archive has everything as it came, and its list checks all of it', async () => {
  const given = await exhibits()
  const made = await evidencePack(evidence(), given, sender, look())
  const files = unzip(made.zip)
  expect([...files.keys()]).toEqual([
    'evidence.pdf',
    'documents/001-contrato.pdf',
    'documents/002-visita.png',
    'documents/003-__factura.xml',
    'documents/004-roto.pdf',
    'journal.jsonl',
    'journal.txt',
    'SHA256SUMS',
  ])
  expect(files.get('evidence.pdf')).toEqual(made.pdf)
  for (const [index, { content }] of given.entries()) expect([...files.values()][index + 1]).toEqual(content)
  const sums = files.get('SHA256SUMS')!.toString().trim().split('\n')
  expect(sums).toHaveLength(files.size - 1)
  for (const line of sums) {
    const [hash, name] = line.split('  ')
    expect(sha256(files.get(name!)!)).toBe(hash)
  }
})

test('whoever gets the extract can compute its hashes: a changed word shows', async () => {
  const { zip: archive } = await evidencePack(evidence(), [], sender, look())
  const lines = unzip(archive)
    .get('journal.jsonl')!
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { previous: string; entry: string; hash: string })
  const computed = (line: (typeof lines)[number]) =>
    sha256(Buffer.concat([Buffer.from(line.previous, 'hex'), Buffer.from(line.entry)]))
  expect(lines.map(computed)).toEqual(lines.map((l) => l.hash))
  const forged = { ...lines[4]!, entry: lines[4]!.entry.replace('broken', 'kept') }
  expect(computed(forged)).not.toBe(forged.hash)
})

test('equal evidence gives equal bytes; in English it speaks English', async () => {
  const given = await exhibits()
  const first = await evidencePack(evidence(), given, sender, look())
  const again = await evidencePack(evidence(), given, sender, look())
  expect(sha256(again.pdf)).toBe(sha256(first.pdf))
  expect(sha256(again.zip)).toBe(sha256(first.zip))
  const { pages } = await readPdf(
    (
      await evidencePack(
        evidence({ language: 'en', statement: statement({ language: 'en' }) }),
        [],
        sender,
        look(),
      )
    ).pdf,
  )
  expect(pages[0]!.join('\n')).toContain('Documents claimed')
})

test('a long pack has contents of several pages, and its folios are right all the same', async () => {
  const contract = await statementPdf(statement(), sender, look())
  const many = Array.from({ length: 90 }, (_, i) =>
    exhibit('delivery_note', `remision-${i + 1}.pdf`, 'application/pdf', contract),
  )
  const { pdf } = await evidencePack(evidence(), many, sender, look())
  const { pages } = await readPdf(pdf)
  const contents = pages.slice(0, 8).flat()
  const line = contents.find((text) => text.startsWith('Remisión: remision-90.pdf'))!
  expect(Number(line.split('\t').at(-1))).toBe(pages.length)
  expect((await PDFDocument.load(pdf)).getPageCount()).toBe(pages.length)
})

test('an archive of names and empty files reads back as it was', () => {
  const files = [
    { name: 'ñandú.txt', content: Buffer.from('á'.repeat(10_000)) },
    { name: 'empty', content: Buffer.alloc(0) },
  ]
  const read = unzip(zip(files, '2026-11-25'))
  expect([...read]).toEqual(files.map(({ name, content }) => [name, content]))
})

const demand: Demand = {
  customer: { code: 'C-0045', name: 'Distribuidora Ñandú y Hermanos' },
  language: 'es-MX',
  analystName: 'María José Íñiguez',
  asOf,
  deadline: '2026-12-07',
  sections: [
    {
      currency: 'MXN',
      items: [
        {
          document: 'F-100',
          issuedOn: '2026-10-14',
          dueOn: '2026-11-13',
          daysLate: 12,
          originalMinor: 200_000n,
          openMinor: 150_000n,
          demandedMinor: 120_000n,
        },
      ],
      demandedMinor: 120_000n,
    },
  ],
}

test('the letter of demand says what is owed, until when, and what follows, on one page', async () => {
  const pdf = await demandPdf(demand, sender, look())
  const { pages } = await readPdf(pdf)
  expect(pages).toHaveLength(1)
  const page = pages[0]!.join(' ')
  for (const part of [
    'Requerimiento formal de pago',
    'le requerimos el pago de $1,200.00 MXN a más tardar el 7 de diciembre de 2026',
    'CLABE 012 580 00123456789 7',
    'Ref. C-0045',
    'turnaremos el asunto a nuestros abogados',
    'Total requerido en MXN',
  ])
    expect(page).toContain(part)
  const english = await readPdf(await demandPdf({ ...demand, language: 'en' }, sender, look()))
  expect(english.pages[0]!.join(' ')).toContain(
    'demand payment of $1,200.00 MXN no later than 7 December 2026',
  )
  expect(sha256(await demandPdf(demand, sender, look()))).toBe(sha256(pdf))
})
