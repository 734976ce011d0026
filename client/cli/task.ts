import type { Command } from 'commander'
import { examples } from './examples.ts'
import { readId } from './given.ts'
import type { Runs } from './run.ts'

/** What the engine asked a person to do. */
export function addTasks(program: Command, runs: Runs): void {
  const task = program
    .command('task')
    .description('Complete tasks of the worklist that are not conversations.')
  examples(
    task
      .command('done <id>')
      .description('The task is done. A call or visit is completed by "contact log".')
      .requiredOption('--why <text>', 'what was done')
      .action(
        runs(async (session, id: string, options: { why: string }) => {
          const { sendToCase } = await import('./send.ts')
          const number = readId(id, 'ID', session.phrases)
          await sendToCase(
            session,
            { task: number },
            'closeTask',
            { task: number, why: options.why },
            { why: '--why' },
          )
        }),
      ),
    'task done 12 --why "orders are held in the ERP"',
  )
}
