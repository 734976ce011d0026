import { z } from 'zod'

/** How the company's documents look, and where its customers pay. A file (`config/look.yaml`), checked by this schema. */

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as "#1f5f8b"')

export const PAPERS = ['Letter', 'A4'] as const
export type Paper = (typeof PAPERS)[number]

export const lookSchema = z.strictObject({
  paper: z.enum(PAPERS).default('Letter'),
  logo: z.string().min(1).optional().describe('an SVG, PNG or JPEG file, its path from this file'),
  colours: z
    .strictObject({
      accent: colour.default('#1f5f8b').describe('titles and the heads of tables'),
      text: colour.default('#1d2733'),
      faint: colour.default('#5c6b7a').describe('labels'),
      rule: colour.default('#c9d3dc').describe('lines'),
      tint: colour.default('#f1f5f8').describe('behind what stands out'),
      late: colour.default('#a61b1b').describe('days late'),
    })
    .prefault({}),
  aging: z
    .array(colour)
    .length(5)
    .default(['#3c8d5a', '#d9b036', '#e08a2e', '#cf5a2b', '#a61b1b'])
    .describe('the bar of ages, from what is not due to what is oldest'),
  bank_reference: z
    .string()
    .min(1)
    .describe('where to pay, in lines; {{ customer.code }} is the customer’s own reference'),
  footer: z.string().default('').describe('a line at the foot of every page'),
})

/** As read, the logo's content instead of its path. */
export interface Look extends Omit<z.infer<typeof lookSchema>, 'logo'> {
  logo: { kind: 'svg' | 'image'; content: string } | null
}
