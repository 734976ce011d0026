import { PDFDocument } from '@cantoo/pdf-lib'
import type { LocalDate } from '../../domain/calendar.ts'

/** Documents one behind the other as one, to be printed at once; each keeps its pages as they are. */
export async function printPack(
  documents: readonly Uint8Array[],
  about: { title: string; author: string; day: LocalDate },
): Promise<Buffer> {
  const pack = await PDFDocument.create({ updateMetadata: false })
  for (const bytes of documents) {
    const one = await PDFDocument.load(bytes, { updateMetadata: false })
    for (const page of await pack.copyPages(one, one.getPageIndices())) pack.addPage(page)
  }
  // Equal documents of the same day give equal bytes: nothing is taken from the clock.
  const at = new Date(`${about.day}T12:00:00Z`)
  pack.setTitle(about.title)
  pack.setAuthor(about.author)
  pack.setCreationDate(at)
  pack.setModificationDate(at)
  return Buffer.from(await pack.save({ addDefaultPage: false }))
}
