import { describe, expect, test } from 'vitest'
import { renderNotice } from '../../activities/mail/render.ts'
import type { NoticeSection } from '../../domain/notice.ts'
import { both, item, notice, section } from './notices.ts'

describe('a list that was cut', () => {
  const items = Array.from({ length: 12 }, (_, index) => item(`F-${index + 1}`, 40 - index))
  const cut = (changes: Partial<NoticeSection> = {}) =>
    section('MXN', items.slice(0, 10), {
      notListed: { count: 2, openMinor: 300000n },
      allItems: items,
      ...changes,
    })

  test('says how many more, and attaches all of them', () => {
    const sections = [
      cut(),
      section('USD', [
        item('E-1', 3, { disputedMinor: 20000n, waits: { kind: 'promised', on: '2026-12-01' } }),
      ]),
    ]
    const rendered = renderNotice(notice({ sections }))
    for (const content of both(rendered)) {
      expect(content).toContain('y 2 documentos más por $3,000.00 MXN, en la lista adjunta')
      expect(content).not.toContain('F-11')
    }
    const [attachment] = rendered.attachments
    expect(attachment).toMatchObject({
      filename: 'documentos-C-0045-2026-11-25.csv',
      contentType: 'text/csv; charset=utf-8',
    })
    const lines = attachment!.content.split('\r\n')
    expect(lines).toHaveLength(15)
    expect(lines[0]).toMatch(/^\ufeffMoneda,Documento,/)
    expect(lines[12]).toBe('MXN,F-12,1,,2026-09-27,2026-10-27,29,2000.00,1500.00,0.00,1500.00,')
    expect(lines[13]).toBe(
      'USD,E-1,1,,2026-10-23,2026-11-22,3,2000.00,1500.00,200.00,0.00,Pago prometido para el 1 dic 2026',
    )
  })

  test('is aged whole', () => {
    const rendered = renderNotice(notice({ template: 'statement', sections: [cut()] }))
    expect(rendered.text).toContain('  Total: $18,000.00')
  })

  test('is in the singular when one is missing', () => {
    const sections = [cut({ notListed: { count: 1, openMinor: 1n } })]
    expect(renderNotice(notice({ sections, language: 'en' })).text).toContain(
      'and 1 more document for $0.01 MXN',
    )
  })

  test('without the whole list is a mistake of the caller', () => {
    const { allItems: _, ...incomplete } = cut()
    expect(() => renderNotice(notice({ sections: [incomplete] }))).toThrow(/allItems is missing/)
  })

  test('cells that a spreadsheet would run are made inert', () => {
    const allItems = [
      item('=HYPERLINK("http://evil.example","F-1")', 3, { site: '+52' }),
      item('@SUM(A1)', 3, { site: ' -1+1' }),
      item('F,1;"x"', 3, { site: 'a\r\n=1' }),
    ]
    const sections = [cut({ allItems })]
    const lines = renderNotice(notice({ sections, customer: { code: '../a b', name: 'x' } })).attachments[0]
    expect(lines!.filename).toBe('documentos-.._a_b-2026-11-25.csv')
    const [, first, second, third] = lines!.content.split('\r\n')
    expect(first).toContain(`MXN,"'=HYPERLINK(""http://evil.example"",""F-1"")",1,'+52,`)
    expect(second).toContain(`MXN,'@SUM(A1),1,'-1+1,`)
    expect(third).toContain('MXN,"F,1;""x""",1,a =1,')
  })
})
