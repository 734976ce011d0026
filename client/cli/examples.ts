import type { Command } from 'commander'

/** Examples under a command's help. */
export const examples = (command: Command, ...lines: string[]): Command =>
  command.addHelpText(
    'after',
    `\nExamples\n${lines.map((line) => (line.startsWith('#') ? `  ${line}` : `  $ cartera ${line}`)).join('\n')}`,
  )

/** An option that may be given several times. */
export const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]
