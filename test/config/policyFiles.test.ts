import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readCalendars } from '../../config/calendarFiles.ts'
import { shippedFile } from '../../config/paths.ts'
import { PolicyFileError, readPolicies, readPolicyFile } from '../../config/policyFiles.ts'
import { explainPolicy } from '../../domain/explain.ts'
import { policyJsonSchema } from '../../domain/policy.ts'

const policies = shippedFile('config', 'policies')
const calendars = shippedFile('config', 'calendars')
const schemaFile = shippedFile('config', 'policy.schema.json')

const folderWith = (files: Record<string, string>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cartera-policies-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

const problemsOf = (read: () => unknown): string[] => {
  try {
    read()
  } catch (error) {
    if (error instanceof PolicyFileError) return error.message.split('\n')
    throw error
  }
  return []
}

const GOOD = `id: good
name: Good
calendar: mx
contact_hours: { from: "09:00", to: "18:00" }
steps:
  - { id: first, day: 1, action: remind }
  - { id: second, day: 8, action: call }
`

describe('the policies that are shipped', () => {
  it('cover every customer, each segment once', () => {
    const read = readPolicies(policies)
    expect(read.map((policy) => policy.id)).toEqual(['construction', 'industrial', 'standard'])
    expect(read.filter((policy) => policy.applies_to.company).map((policy) => policy.id)).toEqual([
      'standard',
    ])
    expect(read.flatMap((policy) => policy.applies_to.segments)).toEqual(['builder', 'industrial'])
    expect(read.map((policy) => policy.grouping)).toEqual(['site', 'customer', 'customer'])
  })

  it.each(['standard', 'industrial', 'construction'])('lead the whole way: %s', (id) => {
    const policy = readPolicyFile(join(policies, `${id}.yaml`))
    const hours = { timeZone: 'America/Mexico_City', ...policy.contact_hours }
    const rows = explainPolicy(policy, readCalendars(calendars)(policy.calendar), hours, {
      issuedOn: '2026-01-05',
      dueOn: '2026-03-02',
    })
    expect(rows.map((row) => row.step)).toEqual([...policy.steps.map((step) => step.id), 'review#1'])
    // A plan whose steps push each other about says another thing than its file does.
    const moved = rows.filter(
      (row) => row.movedBecause === 'contact_gap' || row.movedBecause?.startsWith('waits'),
    )
    expect(moved).toEqual([])
  })

  it('tell editors their schema, which is the one the program checks by', () => {
    for (const name of readdirSync(policies))
      expect(readFileSync(join(policies, name), 'utf8').split('\n')[0]).toBe(
        '# yaml-language-server: $schema=../policy.schema.json',
      )
    const generated = `${JSON.stringify(policyJsonSchema(), null, 2)}\n`
    if (process.env.CARTERA_WRITE_SCHEMA) writeFileSync(schemaFile, generated)
    // Stale: run `CARTERA_WRITE_SCHEMA=1 npx vitest run test/config/policyFiles.test.ts`.
    expect(JSON.parse(readFileSync(schemaFile, 'utf8'))).toEqual(JSON.parse(generated))
  })
})

describe('a policy file', () => {
  it('is refused with file, line, column, path and value of everything that is wrong in it', () => {
    const text = GOOD.replace('09:00', '9:00')
      .replace('action: call', 'action: telephone')
      .replace('name: Good\n', '')
    expect(problemsOf(() => readPolicies(folderWith({ 'bad.yaml': text })))).toEqual([
      'bad.yaml:1:1: name: is missing',
      'bad.yaml:3:18: contact_hours.from: must be a time of day such as "09:00"; it is "9:00"',
      expect.stringMatching(/^bad\.yaml:6:\d+: steps\.1\.action: .*"call".*; it is "telephone"$/),
    ])
  })

  it('says what an amount of the worklist must be', () => {
    const text = `${GOOD}worklist: { amount: { full: { MXN: "0", PES: "5" } }, days_late: { points: -1 } }\n`
    const problems = problemsOf(() => readPolicies(folderWith({ 'bad.yaml': text })))
    expect(problems.join('\n')).toMatch(/worklist\.days_late\.points/)
    const amounts = text.replace('-1', '1')
    expect(problemsOf(() => readPolicies(folderWith({ 'bad.yaml': amounts })))).toEqual([
      expect.stringMatching(/worklist\.amount\.full\.MXN: must be an amount of MXN/),
      expect.stringMatching(/worklist\.amount\.full\.PES: must be a currency code/),
    ])
  })

  it('with a misspelt setting is refused where it stands', () => {
    const text = GOOD.replace('day: 8', 'days: 8')
    expect(problemsOf(() => readPolicies(folderWith({ 'bad.yaml': text })))).toEqual([
      'bad.yaml:7:5: steps.1.day: is missing',
      'bad.yaml:7:19: steps.1.days: is not a setting of a policy; check its spelling',
    ])
  })

  it('that is no YAML is refused with its line', () => {
    expect(problemsOf(() => readPolicies(folderWith({ 'bad.yaml': 'id: a\nname: [x\n' })))[0]).toMatch(
      /^bad\.yaml:[23]:/,
    )
  })

  it('gives its problems as data too', () => {
    const folder = folderWith({ 'bad.yaml': GOOD.replace('day: 8', 'day: 0') })
    const error = (() => {
      try {
        readPolicyFile(join(folder, 'bad.yaml'))
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toBeInstanceOf(PolicyFileError)
    expect((error as PolicyFileError).problems).toEqual([
      {
        file: 'bad.yaml',
        line: 7,
        column: 19,
        path: 'steps.1.day',
        message: 'must not be before day 1 of "first" above it; it is 0',
      },
    ])
  })
})

describe('a folder of policies', () => {
  it('is read in the order of its names, and only *.yaml', () => {
    const folder = folderWith({
      'b.yaml': GOOD,
      'a.yaml': GOOD.replace('id: good', 'id: other'),
      'notes.txt': 'x',
    })
    expect(readPolicies(folder).map((policy) => policy.id)).toEqual(['other', 'good'])
  })

  it('tells what is wrong in all of its files at once', () => {
    const folder = folderWith({
      'a.yaml': GOOD.replace('day: 1', 'day: x'),
      'b.yaml': GOOD.replace('calendar: mx', 'calendar:'),
    })
    expect(problemsOf(() => readPolicies(folder)).map((line) => line.split(':')[0])).toEqual([
      'a.yaml',
      'b.yaml',
    ])
  })

  it('with the same policy twice is refused', () => {
    expect(problemsOf(() => readPolicies(folderWith({ 'a.yaml': GOOD, 'b.yaml': GOOD })))).toEqual([
      'b.yaml:1:1: id: "good" is the policy of a.yaml already',
    ])
  })

  it('without a policy is refused: nobody would be chased', () => {
    expect(problemsOf(() => readPolicies(folderWith({})))[0]).toContain('has no policy')
  })
})

describe('calendars', () => {
  it('are given by id, each built once', () => {
    const byId = readCalendars(calendars)
    expect(byId('mx').holidayName('2026-11-16')).toBe('Día de la Revolución')
    expect(byId('mx')).toBe(byId('mx'))
  })

  it('that are not known are refused naming those that are', () => {
    expect(() => readCalendars(calendars)('mars')).toThrow(/no calendar "mars"; known are .*"mx"/)
  })

  it('that are wrong are refused with file and line', () => {
    const folder = folderWith({ 'x.yaml': 'id: x\ntypes: []\nweekend: [6, 8]\noverrides: []\n' })
    expect(() => readCalendars(folder)).toThrow(/^x\.yaml:3:14: weekend\.1: /)
    const nowhere = folderWith({
      'x.yaml': 'id: x\ncountry: QQ\ntypes: [public]\nweekend: []\noverrides: []\n',
    })
    expect(() => readCalendars(nowhere)).toThrow('x.yaml: no holidays are known for country QQ')
    const text = 'id: x\ntypes: []\nweekend: []\noverrides: []\n'
    expect(() => readCalendars(folderWith({ 'a.yaml': text, 'b.yaml': text }))).toThrow(/two calendars "x"/)
  })
})
