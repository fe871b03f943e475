import { FhirError } from '../errors.ts'
import type { Interaction } from '../interactions/house.ts'
import { subsumption } from '../terminology/subsume.ts'
import { theSystem } from '../terminology/system.ts'
import { parameters } from './terminology/answer.ts'
import { missing, readInput } from './terminology/input.ts'
import { systemOfInstance } from './terminology/instance.ts'

const NAMES = ['codeA', 'codeB', 'system', 'version', 'codingA', 'codingB']

/** `CodeSystem/$subsumes` and `CodeSystem/[id]/$subsumes` (https://hl7.org/fhir/R4/codesystem-operation-subsumes.html). */
export const subsumes: Interaction = async (house, _context, request, target) => {
  const { terminology } = house
  const input = readInput(house, request, NAMES)
  const [codingA, codingB] = [input.coding('codingA'), input.coding('codingB')]
  const [a, b] = [input.string('codeA') ?? codingA?.code, input.string('codeB') ?? codingB?.code]
  if (a === undefined) throw missing(['codeA', 'codingA'])
  if (b === undefined) throw missing(['codeB', 'codingB'])
  const own = await systemOfInstance(terminology, target)
  const url = input.string('system') ?? own?.url ?? codingA?.system ?? codingB?.system
  if (url === undefined) throw missing(['system'])
  if ([codingA?.system, codingB?.system, own?.url].some((system) => system !== undefined && system !== url)) {
    throw new FhirError(
      'unprocessable',
      'The codes are of different code systems, between which no subsumption is known here.',
    )
  }
  const version = input.string('version') ?? codingA?.version ?? codingB?.version
  const system =
    own && (version === undefined || version === own.version) ? own : await theSystem(terminology, url, version)
  return parameters([{ name: 'outcome', valueCode: await subsumption(terminology, system, a, b) }])
}
