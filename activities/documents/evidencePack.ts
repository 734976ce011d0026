import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib'
import type { KeptDocument } from '../../domain/document.ts'
import type { Look } from '../../domain/look.ts'
import type { Evidence } from '../../ledger/placements/evidence.ts'
import { hashOf } from '../../store/store.ts'
import { singleLine } from '../mail/noticeFormat.ts'
import { phrase, wordsOf } from '../mail/words.ts'
import { coverPdf, evidenceParts } from './evidenceParts.ts'
import type { DocumentSender } from './letter.ts'
import { type ZipFile, zip } from './zip.ts'

/** A pack of evidence: one PDF with a list of contents and folios, and an archive of everything with its hashes. */

export interface Exhibit {
  document: KeptDocument
  content: Buffer
}

/** What is put in: pages of its own; null when it can't be shown on paper. */
interface Piece {
  title: string
  hash: string | null
  pages: PDFDocument | null
}

export async function evidencePack(
  evidence: Evidence,
  exhibits: readonly Exhibit[],
  sender: DocumentSender,
  look: Look,
): Promise<{ pdf: Buffer; zip: Buffer }> {
  const { evidence: words } = wordsOf(evidence.language)
  const parts = await evidenceParts(evidence, sender, look)
  const pieces: Piece[] = []
  for (const { title, bytes } of parts)
    pieces.push({ title, hash: null, pages: await PDFDocument.load(bytes, { updateMetadata: false }) })
  for (const { document, content } of exhibits)
    pieces.push({
      title: `${words.kinds[document.kind as keyof typeof words.kinds] ?? document.kind}: ${singleLine(document.name)}`,
      hash: document.hash,
      pages: await pagesOf(document, content, look),
    })
  const count = (piece: Piece) => piece.pages?.getPageCount() ?? 0
  const listed = (from: number) => {
    let folio = from
    return pieces.map((piece) => {
      const at = piece.pages === null ? null : folio
      folio += count(piece)
      return { title: piece.title, hash: piece.hash, pages: count(piece), folio: at }
    })
  }
  // The same list is as long whatever its numbers are.
  const draft = await PDFDocument.load(await coverPdf(evidence, listed(1000), sender, look))
  const cover = await coverPdf(evidence, listed(draft.getPageCount() + 1), sender, look)
  const pdf = await bound(evidence, [
    await PDFDocument.load(cover, { updateMetadata: false }),
    ...pieces.flatMap((p) => p.pages ?? []),
  ])
  return { pdf, zip: archive(evidence, pdf, exhibits) }
}

/** Pages of a PDF as they are, a picture on a page of its own. */
async function pagesOf(
  { mediaType }: KeptDocument,
  content: Buffer,
  look: Look,
): Promise<PDFDocument | null> {
  try {
    if (mediaType === 'application/pdf') return await copyOf(content)
    if (mediaType !== 'image/jpeg' && mediaType !== 'image/png') return null
    const one = await PDFDocument.create({ updateMetadata: false })
    const image = mediaType === 'image/png' ? await one.embedPng(content) : await one.embedJpg(content)
    const [width, height] = PAGES[look.paper]
    const page = one.addPage([width, height])
    const { width: w, height: h } = image.scaleToFit(width - 2 * EDGE, height - 2 * EDGE)
    page.drawImage(image, { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h })
    return one
  } catch {
    // Locked by a password, or not what its name says: it goes into the archive as it is.
    return null
  }
}

/** What is wrong with a document may show only when its pages are taken. */
async function copyOf(content: Buffer): Promise<PDFDocument> {
  const given = await PDFDocument.load(content, { updateMetadata: false })
  const copy = await PDFDocument.create({ updateMetadata: false })
  for (const page of await copy.copyPages(given, given.getPageIndices())) copy.addPage(page)
  return copy
}

const PAGES: Record<Look['paper'], [number, number]> = { Letter: [612, 792], A4: [595.28, 841.89] }
const EDGE = 48

/** One behind the other, each page with its folio. */
async function bound(evidence: Evidence, documents: readonly PDFDocument[]): Promise<Buffer> {
  const { evidence: words } = wordsOf(evidence.language)
  const pack = await PDFDocument.create({ updateMetadata: false })
  for (const one of documents)
    for (const page of await pack.copyPages(one, one.getPageIndices())) pack.addPage(page)
  const font = await pack.embedFont(StandardFonts.Helvetica)
  const pages = pack.getPages()
  for (const [index, page] of pages.entries()) {
    const text = phrase(words.stamp, { placement: evidence.placement.id, folio: index + 1, of: pages.length })
    const size = 8
    page.drawText(text, { x: page.getWidth() - font.widthOfTextAtSize(text, size) - 40, y: 14, size, font })
  }
  const at = new Date(`${evidence.asOf}T12:00:00Z`)
  pack.setTitle(`${words.title} ${evidence.placement.id}`)
  pack.setLanguage(evidence.language)
  pack.setCreationDate(at)
  pack.setModificationDate(at)
  return Buffer.from(await pack.save({ addDefaultPage: false }))
}

/** Everything as it was kept, the journal as it was hashed, and a list to check all of it with `sha256sum -c`. */
function archive(evidence: Evidence, pdf: Buffer, exhibits: readonly Exhibit[]): Buffer {
  const { evidence: words } = wordsOf(evidence.language)
  const { journal } = evidence
  const files: ZipFile[] = [
    { name: 'evidence.pdf', content: pdf },
    ...exhibits.map(({ document, content }, index) => ({
      name: `documents/${String(index + 1).padStart(3, '0')}-${safe(document.name)}`,
      content,
    })),
    {
      name: 'journal.jsonl',
      content: Buffer.from(
        journal.entries
          .map(({ seq, previous, entry, hash }) => `${JSON.stringify({ seq, previous, entry, hash })}\n`)
          .join(''),
      ),
    },
    {
      name: 'journal.txt',
      content: Buffer.from(
        `${phrase(words.verify, { chain: journal.chain, seq: journal.head.seq, hash: journal.head.hash })}\n`,
      ),
    },
  ]
  const manifest = files.map(({ name, content }) => `${hashOf(content)}  ${name}\n`).join('')
  return zip([...files, { name: 'SHA256SUMS', content: Buffer.from(manifest) }], evidence.asOf)
}

/** A name that no archive program takes for a path. */
const safe = (name: string): string =>
  singleLine(name)
    .replace(/[/\\:*?"<>|]/g, '_')
    .replace(/^\.+/, '_')
    .slice(-120)
