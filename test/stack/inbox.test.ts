import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type InboxOptions, startInbox } from '../../workers/embedded/inbox.ts'
import { scratch } from './scratch.ts'

async function start(options: Partial<InboxOptions> = {}) {
  const dir = options.dir ?? (await scratch())
  const inbox = await startInbox({ port: 0, log: () => {}, ...options, dir })
  onTestFinished(inbox.stop)
  const mailer = createTransport(`${inbox.url}?socketTimeout=500`)
  onTestFinished(() => mailer.close())
  const send = (raw: string, to: string[] = ['ana@example.com']) =>
    mailer.sendMail({ envelope: { from: 'cobranza@example.com', to }, raw })
  const names = async () => (await readdir(dir)).sort()
  const stored = async () => Promise.all((await names()).map((name) => readFile(join(dir, name), 'utf8')))
  return { ...inbox, dir, send, names, stored }
}

const letter = (text: string) => `Subject: Statement\r\n\r\n${text}\r\n`

describe('the mail inbox', () => {
  test('a message is stored as it was sent, dots and accents included', async () => {
    const { send, stored } = await start()
    const text = letter('.\r\n..two dots\r\nAño, ñandú, €\r\n.')
    await send(text)
    expect(await stored()).toEqual([text])
  })

  test('file names sort as messages came', async () => {
    const { send, stored, names } = await start()
    for (let number = 0; number < 12; number += 1) await send(letter(`number ${number}`))
    expect(await stored()).toEqual(Array.from({ length: 12 }, (_, number) => letter(`number ${number}`)))
    expect((await names())[0]).toMatch(/^\d{8}T\d{6}\.\d{3}Z-000001-[0-9a-f]{8}\.eml$/)
  })

  test('every message that was acknowledged is there, many senders at once', async () => {
    const { send, stored } = await start()
    const letters = Array.from({ length: 40 }, (_, number) => letter(`number ${number}`))
    await Promise.all(letters.map((each) => send(each)))
    expect((await stored()).sort()).toEqual(letters.sort())
  })

  test('a restart keeps what came before and sweeps what was never finished', async () => {
    const first = await start()
    await first.send(letter('before'))
    await first.stop()
    await writeFile(join(first.dir, '.tmp-1-000001'), 'half of')
    const second = await start({ dir: first.dir })
    await second.send(letter('after'))
    expect(await second.stored()).toEqual([letter('before'), letter('after')])
  })

  test('half a message leaves nothing', async () => {
    const { url, names } = await start()
    const sender = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8')
    const answered = async () => String(await once(sender, 'data'))
    await answered()
    for (const line of ['HELO me', 'MAIL FROM:<a@example.com>', 'RCPT TO:<b@example.com>', 'DATA']) {
      sender.write(`${line}\r\n`)
      await answered()
    }
    sender.write('Subject: half\r\n\r\nhal')
    await expect.poll(names).toEqual([expect.stringMatching(/^\.tmp-/)])
    sender.destroy()
    await expect.poll(names).toEqual([])
  })

  test('refuse answers 550 to the recipient, and the others still get theirs', async () => {
    const { send, stored } = await start({
      behaviour: ({ to }) => (to.at(-1) === 'gone@example.com' ? 'refuse' : 'accept'),
    })
    await expect(send(letter('one'), ['gone@example.com'])).rejects.toMatchObject({ responseCode: 550 })
    const sent = await send(letter('two'), ['gone@example.com', 'ana@example.com'])
    expect(sent.rejected).toEqual(['gone@example.com'])
    expect(await stored()).toEqual([letter('two')])
  })

  test('defer answers 451, and a later try may pass', async () => {
    const { send, stored } = await start({ behaviour: ({ count }) => (count < 3 ? 'defer' : 'accept') })
    await expect(send(letter('late'))).rejects.toMatchObject({ responseCode: 451 })
    await expect(send(letter('late'))).rejects.toMatchObject({ responseCode: 451 })
    await send(letter('late'))
    expect(await stored()).toEqual([letter('late')])
  })

  test('drop stores the message and hangs up: the sender cannot know', async () => {
    const { send, stored } = await start({ behaviour: ({ count }) => (count === 1 ? 'drop' : 'accept') })
    await expect(send(letter('twice'))).rejects.toThrow(/closed/i)
    await send(letter('twice'))
    expect(await stored()).toEqual([letter('twice'), letter('twice')])
  })

  test('stall never answers, keeps nothing, and does not hold up the stop', async () => {
    const { send, stored, stop } = await start({ behaviour: () => 'stall' })
    await expect(send(letter('nothing'))).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    const waiting = expect(send(letter('nothing'))).rejects.toThrow()
    await stop()
    await waiting
    expect(await stored()).toEqual([])
  })

  test('a port in use is refused in a sentence that names the setting', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => {
      other.close()
    })
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await expect(start({ port })).rejects.toThrow(/mail inbox is already in use .* CARTERA_INBOX_PORT/)
  })
})
