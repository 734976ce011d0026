import { expect, test } from 'vitest'
import { matrixText } from '../../client/cli/matrixText.ts'
import { table } from '../../client/cli/table.ts'
import { createSpeech } from '../../client/words/speech.ts'
import { wordsOf } from '../../client/words/tell.ts'
import { LANGUAGES } from '../../domain/notice.ts'
import { testPolicy } from '../setup/ledger.ts'

const policy = testPolicy({
  approvals: {
    matrix: [
      { kinds: ['credit_note'], amount_up_to: { MXN: '2000' }, levels: [] },
      {
        kinds: ['write_off', 'credit_note'],
        amount_up_to: { MXN: '50000.50' },
        days_past_due_up_to: 90,
        segments: ['gobierno'],
        branches: ['Norte'],
        levels: [
          { role: 'supervisor', quorum: 2, remind_after_hours: 1, answer_within_hours: 3 },
          { role: 'juntas' },
        ],
        escalate_to: 'director',
      },
    ],
    pause_days: 21,
  },
})

const told = (language: (typeof LANGUAGES)[number]): string => {
  const words = wordsOf(language)
  const cells = (cell: unknown): string =>
    typeof cell === 'string' ? cell : String((cell as { count: number }).count)
  return matrixText(
    {
      words,
      phrases: words.phrases,
      speech: createSpeech(language),
      table: (columns, rows) =>
        table(
          columns,
          rows.map((row) => row.map(cells)),
        ),
    },
    policy,
  )
}

test('the matrix is told row by row, with who is asked one after the other and who when nobody answers', () => {
  expect(told('en')).toMatch(/1 +credit note +MX\$2,000\.00 +nobody\n/)
  expect(told('en')).toMatch(
    /2 +write-off, credit note +MX\$50,000\.50 +90 +gobierno, Norte +2 × supervisor \(1\/3 h\) → juntas \(4\/8 h\) +director/,
  )
  expect(told('en')).toMatch(/3 +all else: contingency receipt, .*supervisor \(4\/8 h\) +manager/)
  expect(told('en')).toContain('up to 21 days')
  expect(told('es-MX')).toMatch(/1 +nota de crédito +\$2,000\.00 +nadie\n/)
  expect(told('es-MX')).toMatch(/→ juntas \(4\/8 h\) +director/)
  expect(told('es-MX')).toMatch(/todo lo demás: .*supervisor \(4\/8 h\) +gerente/)
})

test.each(LANGUAGES)('in %s nothing of it is left untold', (language) => {
  expect(told(language)).not.toMatch(/undefined|\[object/)
})
