import { Liquid } from 'liquidjs'
import { shippedFile } from '../../config/paths.ts'
import type { Language, Notice } from '../../domain/notice.ts'
import { itemsCsv } from './itemsCsv.ts'
import { breakable } from './noticeFormat.ts'
import { type NoticeView, noticeView } from './noticeView.ts'
import { promiseCalendar } from './promiseCalendar.ts'

export interface RenderedAttachment {
  filename: string
  contentType: string
  content: string
}

export interface RenderedNotice {
  /** One line, without control characters: safe as a header. */
  subject: string
  html: string
  text: string
  attachments: RenderedAttachment[]
}

/** Pairs of files in config/templates. */
const FILES: Record<Notice['template'], string> = {
  reminder: 'reminder',
  statement: 'statement',
  promise_reminder: 'promise',
  promise_confirmation: 'promise',
  confirmation: 'confirmation',
  demand: 'reminder',
}

const engines = new Map<string, Liquid>()

/**
 * One engine per language and format. A language's folder is looked at before the shared one, so that a
 * company can reword the layout of one language by a file of the same name.
 */
export function engineFor(language: Language, format: 'html' | 'txt'): Liquid {
  const key = `${language} ${format}`
  let engine = engines.get(key)
  if (!engine) {
    const templates = shippedFile('config', 'templates')
    engine = new Liquid({
      root: [shippedFile('config', 'templates', language), templates],
      cache: true,
      strictVariables: true,
      strictFilters: true,
      ...(format === 'html' ? { outputEscape: 'escape' as const } : {}),
    })
    engines.set(key, engine)
  }
  return engine
}

function render(notice: Notice, format: 'html' | 'txt', view: NoticeView): string {
  const engine = engineFor(notice.language, format)
  return String(engine.renderFileSync(`${FILES[notice.template]}.${format}.liquid`, view))
}

/** Loops and left-out parts leave blank lines and trailing blanks behind; readers of plain text see them. */
export const tidyText = (text: string): string =>
  `${breakable(text)
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`

/**
 * The content of a notice, in its language: pure but for the templates, which are read and parsed once.
 * Throws when a template names a value that doesn't exist and when a cut list comes without `allItems`,
 * since the message would promise an attachment that can't be made.
 */
export function renderNotice(notice: Notice): RenderedNotice {
  const view = noticeView(notice)
  const cut = notice.sections.some((section) => section.notListed.count > 0)
  return {
    subject: view.subject,
    html: render(notice, 'html', view),
    text: tidyText(render(notice, 'txt', view)),
    attachments: [
      ...(cut ? [itemsCsv(notice)] : []),
      ...(notice.template === 'promise_confirmation' ? [promiseCalendar(notice)] : []),
    ],
  }
}
