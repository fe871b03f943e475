/** MSH-10 of a message that is one single HL7 v2 message; undefined of anything else. */
export function controlIdOf(bytes: Buffer): string | undefined {
  const head = bytes.subarray(0, 4096).toString('latin1')
  // before it at most a byte order mark, blanks, and the block characters of MLLP
  const start = /^(?:\u00ef\u00bb\u00bf|[\p{Cc}\s])*MSH(?=[^\w\s])/u.exec(head)
  if (!start || /[\r\n]MSH[^\w\s]/.test(bytes.subarray(start[0].length).toString('latin1'))) return undefined
  const segment = head.slice(start[0].length - 3)
  const [line = ''] = segment.split(/[\r\n]/)
  const id = line.split(line[3] ?? '|')[9]?.trim()
  return id ? id.slice(0, 199) : undefined
}
