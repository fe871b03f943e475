import { Segment } from '../../../../server/store/journal/segment.ts'

/** In a process that may write so many bytes to a file: appends until there is no room, and then what still fits. */
const segment = new Segment(process.argv[2] ?? '')
const taken: string[] = []
let code: string | undefined
for (let n = 0; code === undefined; n++) {
  const line = `${n} ${'x'.repeat(100)}`
  try {
    segment.append([line])
    taken.push(line)
  } catch (error) {
    code = (error as NodeJS.ErrnoException).code
  }
}
segment.append(['y'])
process.stdout.write(JSON.stringify({ taken, code, later: 'y' }))
