import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot, shippedFile } from '../../config/paths.ts'
import { treatments as erpnext } from './otherSystems/erpnext.ts'
import { treatments as killBill } from './otherSystems/killBill.ts'
import { treatments as lago } from './otherSystems/lago.ts'
import { treatments as metasfresh } from './otherSystems/metasfresh.ts'
import type { DunningCase, Treatment } from './otherSystems/setting.ts'
import { treatments as tryton } from './otherSystems/tryton.ts'

const treatments: Record<string, Treatment> = { ...tryton, ...killBill, ...lago, ...metasfresh, ...erpnext }

/** Facts from the tests of six other systems; not part of the package. */
const file = join(packageRoot, '..', 'shared', 'data', 'rules', 'dunning.json')
if (!existsSync(file))
  throw new Error(
    `${file} is missing: the cases of other systems are checked from the data beside the package`,
  )
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: DunningCase[] }

const decision = readFileSync(shippedFile('docs', 'decisions', '0002-dunning-cases-that-differ.md'), 'utf8')
const explained = [...decision.matchAll(/^\| ([A-Z]+-\d+) \|/gm)].map((match) => match[1]!)

describe('the dunning cases of other systems', () => {
  it('are all here, each either expressed or explained', () => {
    expect(Object.keys(treatments).sort()).toEqual(cases.map((one) => one.id).sort())
    const differing = Object.entries(treatments).filter(([, t]) => t.result === 'differs')
    expect(differing.map(([id]) => id).sort()).toEqual([...explained].sort())
  })

  it.each(cases.map((one) => [one.id, treatments[one.id]?.result ?? 'untreated', one] as const))(
    '%s: %s',
    (id, _, one) => {
      const treatment = treatments[id]
      if (!treatment)
        throw new Error(`${id} is new: express it, or say in docs/decisions why Cartera differs`)
      expect((one.steps ?? one.table ?? [one]).length, 'expectations of the case').toBe(
        treatment.expectations,
      )
      treatment.check(one)
    },
  )
})
