import { once } from 'node:events'
import { createServer } from 'node:net'
import { StackError } from './children.ts'

/**
 * Makes sure that a TCP port on 127.0.0.1 can be listened on, and gives it back.
 * Port 0 stands for any free one.
 *
 * Between this check and the server's own listening another program may still take the port: the
 * server's start then fails with its own log lines. The check is for the common case, in plain words.
 *
 * @param wanted.what the server that needs the port, as a person calls it
 * @param wanted.setting the setting that changes it, named in the refusal
 * @throws StackError when the port is taken or not allowed
 */
export async function claimPort(wanted: { port: number; what: string; setting: string }): Promise<number> {
  const { port, what, setting } = wanted
  const probe = createServer()
  try {
    probe.listen(port, '127.0.0.1')
    await once(probe, 'listening')
    const address = probe.address()
    return typeof address === 'object' && address ? address.port : port
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const why =
      code === 'EADDRINUSE'
        ? 'is already in use by another program: stop that one'
        : code === 'EACCES'
          ? 'may not be used by this user: choose one above 1023'
          : `can't be used (${String(error)}): free it`
    throw new StackError(`Port ${port} for ${what} ${why}, or set ${setting} to another port.`)
  } finally {
    if (probe.listening) {
      probe.close()
      await once(probe, 'close')
    }
  }
}
