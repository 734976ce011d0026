/** What makes the text of a cell unusable, in a file of whatever. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

export function textFault(text: string, lengthMax: number): { code: string; message: string } | null {
  if (text.length > lengthMax)
    return {
      code: 'too-long',
      message: `has ${text.length} characters, at most ${lengthMax} are kept; shorten it`,
    }
  if (CONTROLS.test(text))
    return {
      code: 'control-character',
      message: 'has a line break, tab or other control character; take it out',
    }
  if (text.includes('E+') && /^[0-9]([.,][0-9]+)?E\+[0-9]+$/.test(text))
    return {
      code: 'spreadsheet-damage',
      message: 'is a number that a spreadsheet has rounded; export the column as text',
    }
  if (text.startsWith('#') && /^#(N\/A|REF!|NAME\?|VALUE!|DIV\/0!|NUM!|NULL!|#+)$/.test(text))
    return {
      code: 'spreadsheet-damage',
      message: 'is an error of a spreadsheet; correct its formula or column width',
    }
  return null
}
