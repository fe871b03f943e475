import type { Coding } from '@medplum/fhirtypes'
import type { Interaction } from '../interactions/house.ts'
import { checkCoding, checkConcept, checkIn, type Checked } from '../terminology/check.ts'
import { grammarOf } from '../terminology/grammars.ts'
import { theSystem } from '../terminology/system.ts'
import { checkedAnswer } from './terminology/answer.ts'
import { missing, readInput } from './terminology/input.ts'
import { systemOfInstance } from './terminology/instance.ts'

const NAMES = ['url', 'code', 'version', 'display', 'coding', 'codeableConcept', 'abstract', 'displayLanguage']

/**
 * `CodeSystem/$validate-code` and `CodeSystem/[id]/$validate-code`
 * (https://hl7.org/fhir/R4/codesystem-operation-validate-code.html).
 */
export const validateCode: Interaction = async (house, _context, request, target) => {
  const { terminology } = house
  const input = readInput(house, request, NAMES)
  const own = await systemOfInstance(terminology, target)
  const [coding, concept, code] = [
    input.coding('coding'),
    input.codeableConcept('codeableConcept'),
    input.string('code'),
  ]
  const url = own?.url ?? input.string('url') ?? coding?.system ?? concept?.coding?.[0]?.system
  if (url === undefined) throw missing(['url'])
  const version = input.string('version')
  const system = own ?? (grammarOf(url) ? undefined : await theSystem(terminology, url, version ?? coding?.version))
  const options = { abstract: input.boolean('abstract'), displayLanguage: input.string('displayLanguage') }
  const check = async (one: Coding): Promise<Checked> => {
    if (one.system !== undefined && one.system !== url)
      return { result: false, messages: [`The coding is of another code system than ${url}.`] }
    return system
      ? checkIn(terminology, system, one, options)
      : checkCoding(terminology, { ...one, system: url }, options)
  }
  if (concept) return checkedAnswer(await checkConcept(concept, check))
  const display = input.string('display')
  const asked = coding ?? (code === undefined ? undefined : { code, ...(display !== undefined && { display }) })
  if (!asked) throw missing(['code', 'coding', 'codeableConcept'])
  return checkedAnswer(await check(asked))
}
