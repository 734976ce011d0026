import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'

/** What a reader sees on each page of a PDF, line by line: cells of a line with a tab between them. */
export async function readPdf(
  bytes: Uint8Array,
): Promise<{ pages: string[][]; title: string; size: number[] }> {
  const document = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise
  const pages: string[][] = []
  for (let n = 1; n <= document.numPages; n++) {
    const { items } = await (await document.getPage(n)).getTextContent()
    const parts = items
      .flatMap((item) =>
        'str' in item && item.str.trim() !== ''
          ? [
              {
                x: item.transform[4] as number,
                y: item.transform[5] as number,
                width: item.width,
                text: item.str,
              },
            ]
          : [],
      )
      .sort((a, b) => b.y - a.y || a.x - b.x)
    const lines: (typeof parts)[] = []
    for (const part of parts) {
      const line = lines.at(-1)
      // Larger and smaller letters of one line don't stand at quite the same height.
      if (line && line[0]!.y - part.y < 3) line.push(part)
      else lines.push([part])
    }
    pages.push(
      lines.map((line) =>
        line
          .sort((a, b) => a.x - b.x)
          .reduce((text, part, at) => {
            const before = line[at - 1]
            const gap = before ? part.x - before.x - before.width : 0
            // A blank is some two points wide; between cells there are eight at least.
            return text + (gap > 6 ? '\t' : gap > 0.8 ? ' ' : '') + part.text
          }, '')
          .replaceAll('\u00a0', ' ')
          .replaceAll('\u200b', ''),
      ),
    )
  }
  const { info } = await document.getMetadata()
  const [, , width, height] = (await document.getPage(1)).view as [number, number, number, number]
  await document.destroy()
  return { pages, title: String(Reflect.get(info, 'Title')), size: [Math.round(width), Math.round(height)] }
}
