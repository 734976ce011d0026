import { readdirSync, readFileSync } from 'node:fs'

/** CPU time of processes, from /proc: Linux only. The kernel counts in hundredths of a second. */

const TICK_MS = 10

interface Stat {
  parent: number
  ownMs: number
  /** Of children that have ended and were waited for. */
  endedChildrenMs: number
}

function statOf(pid: number): Stat | null {
  try {
    // "pid (name) state ppid …": the name may itself hold spaces and brackets.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const ms = (at: number) => (fields[at]! + fields[at + 1]!) * TICK_MS
    return { parent: fields[1]!, ownMs: ms(11), endedChildrenMs: ms(13) }
  } catch {
    return null // ended meanwhile
  }
}

/** User and system time of a process with all its threads. */
export const cpuMsOf = (pid: number): number => statOf(pid)?.ownMs ?? 0

/** The same with its children, living and ended: PostgreSQL is a process per connection. */
export function cpuMsOfFamily(pid: number): number {
  const head = statOf(pid)
  if (!head) return 0
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat?.parent === pid)
  return children.reduce((sum, child) => sum + child!.ownMs, head.ownMs + head.endedChildrenMs)
}

/** Memory of a process that is in RAM, in MB. */
export const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
