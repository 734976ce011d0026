import { runLifecycle } from './lifecycle.ts'
import { startBenchStack, BY_INVOICE } from './stack.ts'
import { shippedFile } from '../../config/paths.ts'
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const n = Number(process.argv[2] ?? 200)
const seg = process.argv[3] === 'inv' ? BY_INVOICE : ''
const stack = await startBenchStack(console.error)
try {
  const ours = await stack.startWorker('worker', [...(process.env.PROF ? ['--cpu-prof', '--cpu-prof-dir=/tmp/w/prof'] : []), shippedFile('dist', 'workers', 'main.js')])
  await runLifecycle(stack, ours.pid, { prefix: 'W', receivables: 200, segment: '' })
  await runLifecycle(stack, ours.pid, { prefix: 'V', receivables: 1000, segment: '' }).then((r) => console.log('1000:', JSON.stringify(r.cpuMsEach), r.perSecond))
  await stack.observer.rows('SELECT pg_stat_statements_reset()')
  const t = setInterval(async () => { console.error(new Date().toISOString(), JSON.stringify(await stack.observer.one(`select (select count(*) from message where state='sent') sent, (select count(*) from message) msgs, (select count(*) from receivable where closed_as is not null) closed, (select count(*) from collection_case where facts_version>assessed_version) behind, (select count(*) from pg_stat_activity where wait_event_type='Lock') waiting`), (_, v) => typeof v === 'bigint' ? Number(v) : v)) }, 10000)
  const r = await runLifecycle(stack, ours.pid, { prefix: 'I', receivables: n, segment: seg })
  clearInterval(t)
  console.log(JSON.stringify(r))
  for (const s of await stack.observer.rows<any>(`SELECT calls::int, round(total_exec_time::numeric) ms, round(mean_exec_time::numeric,2) mean, left(regexp_replace(query, '\\s+', ' ', 'g'), 110) q FROM pg_stat_statements s JOIN pg_database d ON d.oid=s.dbid WHERE datname='cartera' ORDER BY total_exec_time DESC LIMIT ${process.argv[4] ?? 25}`)) console.log(s.calls, s.ms, s.mean, s.q)
  await ours.stop()
} finally { await stack.stop() }
