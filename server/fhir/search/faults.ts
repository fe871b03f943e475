import type { SearchParameter } from '@medplum/fhirtypes'
import type { Issue } from '../../errors.ts'
import { compile } from '../path/compile.ts'
import { isTypeName } from '../path/model.ts'

const types: ReadonlySet<string> = new Set([
  'number',
  'date',
  'string',
  'token',
  'reference',
  'composite',
  'quantity',
  'uri',
  'special',
])

/** What is wrong with a SearchParameter definition, each with the remedy; definitions of R4 itself pass. */
export function check(definition: SearchParameter): Issue[] {
  const issues: Issue[] = []
  const name = String(definition.url ?? definition.code ?? 'a SearchParameter')
  const say = (element: string, what: string, hint: string): void => {
    issues.push({ message: `${name}: ${what}`, path: `SearchParameter.${element}`, hint })
  }
  if (!definition.url) say('url', 'it has no url', 'Give it a canonical url of your own.')
  if (!/^[A-Za-z_][\w-]*$/.test(definition.code ?? '')) {
    say('code', 'its code is no parameter name', 'Use letters, digits, - and _ only.')
  }
  if (!types.has(definition.type)) say('type', 'its type is not one of R4', `Use one of ${[...types].join(', ')}.`)
  const bases: readonly string[] = definition.base ?? []
  if (bases.length === 0) say('base', 'it has no base', 'Name the resource types it is for.')
  for (const base of bases) {
    if (!isTypeName(base))
      say(
        'base',
        'a base is no resource type of R4',
        'Use the names listed at https://hl7.org/fhir/R4/resourcelist.html.',
      )
  }
  const fault = definition.expression ? faultOf(definition.expression) : undefined
  if (fault !== undefined) say('expression', `its FHIRPath is faulty: ${fault}`, 'Mend the expression.')
  for (const component of definition.component ?? []) {
    const componentFault = faultOf(component.expression)
    if (componentFault !== undefined)
      say('component.expression', `its FHIRPath is faulty: ${componentFault}`, 'Mend the expression.')
  }
  return issues
}

function faultOf(expression: string): string | undefined {
  try {
    compile(expression)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : 'it cannot be read'
  }
}
