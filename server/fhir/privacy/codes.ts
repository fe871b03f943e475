/** Which codes of a system are sensitive. */
export type FindCode = (code: string) => number

/** Whole codes. */
export function exactCodes(labels: ReadonlyMap<number, string>): FindCode {
  const bits = new Map<string, number>()
  for (const [bit, list] of labels) for (const code of split(list)) add(bits, code, bit)
  return (code) => bits.get(code) ?? 0
}

/**
 * ICD-10, ICD-11 and ATC: a code stands for all that begin like it, a range of ICD-10 categories (`F10-F69`) for all of
 * these. Dots are left out.
 */
export function prefixCodes(labels: ReadonlyMap<number, string>): FindCode {
  const byLength = new Map<number, Map<string, number>>()
  for (const [bit, list] of labels) {
    for (const prefix of split(list).flatMap(expanded).map(bare)) {
      const bits = byLength.get(prefix.length) ?? new Map<string, number>()
      byLength.set(prefix.length, bits)
      add(bits, prefix, bit)
    }
  }
  const tables = [...byLength]
  return (code) => {
    const key = bare(code)
    let found = 0
    for (const [length, bits] of tables) if (key.length >= length) found |= bits.get(key.slice(0, length)) ?? 0
    return found
  }
}

function bare(code: string): string {
  return code.replaceAll('.', '').toUpperCase()
}

function split(list: string): string[] {
  return list.split(' ').filter((code) => code !== '')
}

function expanded(code: string): string[] {
  const [, letter = '', from = '', to = ''] = /^([A-Z])(\d\d)-[A-Z](\d\d)$/.exec(code) ?? []
  if (letter === '') return [code]
  const numbers = Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i)
  return numbers.map((number) => `${letter}${String(number).padStart(2, '0')}`)
}

function add(bits: Map<string, number>, code: string, bit: number): void {
  bits.set(code, (bits.get(code) ?? 0) | bit)
}
