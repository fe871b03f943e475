import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadDefinitions, type Definitions } from '../../../server/fhir/definitions/definitions.ts'
import { makeShapes, type Shapes } from '../../../server/fhir/validate/shapes.ts'

/** What R4 allows where: read once, when the first FHIR mapping is opened (the definitions are no file of a facility). */
export interface Knowledge {
  readonly shapes: Shapes
  readonly definitions: Definitions
  /** `patient` → Patient */
  typeOf(word: string): string | undefined
}

let known: Knowledge | undefined

export function knowledge(): Knowledge {
  if (known) return known
  const definitions = loadDefinitions(join(tmpdir(), 'parchi-definitions'))
  const shapes = makeShapes(definitions)
  const types = new Map(definitions.names.map((name) => [name.toLowerCase(), name]))
  known = {
    shapes,
    definitions,
    typeOf(word) {
      const name = types.get(word.trim().toLowerCase())
      return name !== undefined && shapes.resource(name) ? name : undefined
    },
  }
  return known
}
