import type { StructureDefinition } from '@medplum/fhirtypes'
import { compile } from '../path/compile.ts'
import { choiceKeys } from '../path/model.ts'
import type { Shape, Shapes } from '../validate/shapes.ts'
import { judge } from './judge.ts'
import type { Env } from './plan.ts'
import type { Report } from './report.ts'
import type { Finding, Json } from './types.ts'
import { isJson, typeName } from './world.ts'
import type { Workshop } from './workshop.ts'

/** Where an extension stands, in the words of StructureDefinition.context. */
interface Spot {
  /** Element paths and type names: `Patient.name`, `HumanName`, `Element`. */
  readonly names: ReadonlySet<string>
  /** Url of the extension that this one is part of. */
  readonly inside?: string
}

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:\S/

/**
 * Every extension of a resource against its definition (https://hl7.org/fhir/R4/extensibility.html): where it may stand,
 * how often, its value and its parts. One that is not known here is told as information; a modifier is an error then,
 * because it may turn the meaning of its element around.
 */
export class ExtensionWalk {
  constructor(
    private readonly shop: Workshop,
    private readonly shapes: Shapes,
  ) {}

  resource(resource: Json, env: Env, report: Report): void {
    const shape = this.shapes.resource(typeName(resource))
    if (shape) this.object(resource, shape, new Set([shape.name, 'Resource', 'DomainResource']), env, report)
  }

  private object(
    value: Json,
    shape: Shape,
    names: ReadonlySet<string>,
    env: Env,
    report: Report,
    inside?: string,
  ): void {
    const spot: Spot = { names, ...(inside !== undefined && { inside }) }
    for (const key in value) {
      if (report.full) return
      const member = value[key]
      if (typeof member !== 'object' || member === null) continue
      if (key === 'extension' || key === 'modifierExtension') {
        this.list(member, key, spot, env, report)
        continue
      }
      const primitive = key.startsWith('_') ? shape.siblings.get(key) : undefined
      const property = primitive ?? shape.properties.get(key)
      if (!property || property.content.kind === 'resource') continue
      const below = spotsBelow(names, property.key, property.content.type)
      const next = primitive || property.content.kind === 'primitive' ? this.shapes.element : property.content.shape()
      report.enter(property.key)
      if (Array.isArray(member)) {
        member.forEach((one: unknown, i) => {
          if (!isJson(one)) return
          report.enter(i)
          this.object(one, next, below, env, report)
          report.leave()
        })
      } else this.object(member as Json, next, below, env, report)
      report.leave()
    }
  }

  private list(list: unknown, key: string, spot: Spot, env: Env, report: Report): void {
    if (!Array.isArray(list)) return
    const counts = new Map<string, number>()
    report.enter(key)
    list.forEach((extension: unknown, i) => {
      if (!isJson(extension) || typeof extension['url'] !== 'string') return
      const { url } = extension
      counts.set(url, (counts.get(url) ?? 0) + 1)
      report.enter(i)
      this.extension(extension, url, key === 'modifierExtension', spot, env, report)
      report.leave()
    })
    for (const [url, count] of counts) {
      const max = ABSOLUTE.test(url) ? this.shop.tree(url)?.piece?.max : undefined
      if (max !== undefined && max !== '*' && count > Number(max)) {
        report.add(
          finding(
            'max',
            'structure',
            `This extension may stand only ${max === '1' ? 'once' : `${max} times`} here.`,
            'Leave out what is too much.',
            url,
          ),
        )
      }
    }
    report.leave()
  }

  private extension(extension: Json, url: string, modifier: boolean, spot: Spot, env: Env, report: Report): void {
    if (!ABSOLUTE.test(url)) {
      // The parts of a complex extension go by a name; their definition is their holder's.
      if (spot.inside === undefined) {
        report.addAt(
          'url',
          finding(
            'extension',
            'structure',
            'The url of an extension must be absolute.',
            'Write the whole canonical url of its definition.',
          ),
        )
      }
      return
    }
    const definition = this.shop.source.profile(url)
    if (definition?.type !== 'Extension') {
      if (spot.inside !== undefined && this.isPart(spot.inside, url)) return
      report.add(unknown(url, modifier))
      return
    }
    if (!standsWell(definition, spot, env)) {
      const where = (definition.context ?? []).map(({ expression }) => expression).join(', ')
      report.add(
        finding(
          'extension',
          'structure',
          'This extension must not stand here.',
          `Move it to where its definition allows it: ${where}.`,
          url,
        ),
      )
    }
    const plan = this.shop.plan(url)
    if (plan) judge(plan, { value: extension, key: 'extension' }, env, report)
    const shape = this.shapes.resource('Basic')?.properties.get('extension')?.content
    if (shape?.kind === 'object') {
      this.object(extension, shape.shape(), new Set(['Extension', 'Element']), env, report, url)
    }
  }

  private isPart(holder: string, url: string): boolean {
    const slices = this.shop.tree(holder)?.children.get('extension')?.slices.values() ?? []
    return [...slices].some((slice) => slice.children.get('url')?.piece?.fixed?.value === url)
  }
}

/** `value` of `valueQuantity`. */
const stems = new Map([...choiceKeys].flatMap(([stem, keys]) => [...keys].map((key) => [key, stem] as const)))

function spotsBelow(names: ReadonlySet<string>, key: string, type: string): Set<string> {
  const below = new Set(['Element', type.includes('.') ? 'BackboneElement' : type])
  if (type.includes('.')) below.add(type)
  for (const name of names) {
    if (name === 'Element' || name === 'BackboneElement' || name === 'Resource' || name === 'DomainResource') continue
    below.add(`${name}.${key}`)
    const stem = stems.get(key)
    if (stem !== undefined) below.add(`${name}.${stem}[x]`).add(`${name}.${stem}`)
  }
  return below
}

/** https://hl7.org/fhir/R4/defining-extensions.html#context; a definition without a context says nothing. */
function standsWell({ context }: StructureDefinition, { names, inside }: Spot, env: Env): boolean {
  if (!context || context.length === 0) return true
  return context.some(({ type, expression }) => {
    if (type === 'extension')
      return inside === expression || (inside !== undefined && expression.startsWith(`${inside}#`))
    if (type === 'fhirpath') return fhirPathHolds(expression, env)
    const plain = expression.startsWith('http://hl7.org/fhir/StructureDefinition/') ? expression.slice(40) : expression
    if (plain.includes('#') || plain.startsWith('http')) return true
    return (
      plain === 'Element' ||
      names.has(plain) ||
      names.has(plain.replace(/\[x\]$/, '')) ||
      (plain === 'Resource' && names.has('DomainResource'))
    )
  })
}

function fhirPathHolds(expression: string, env: Env): boolean {
  try {
    return compile(expression)(env.resource).length > 0
  } catch {
    return true
  }
}

function unknown(url: string, modifier: boolean): Finding {
  return modifier
    ? finding(
        'extension',
        'extension',
        'This modifier extension is not known here, so what it changes cannot be told.',
        'Load its definition (PACKAGES), or leave it out.',
      )
    : {
        ...finding(
          'extension',
          'informational',
          'This extension is not known here, so it was not checked.',
          `Load the definition of ${shownUrl(url)} to have it checked.`,
        ),
        severity: 'information',
      }
}

function shownUrl(url: string): string {
  return url.length <= 200 && /^https?:\/\/[\w./-]+$/.test(url) ? url : 'the extension'
}

function finding(
  rule: string,
  code: NonNullable<Finding['code']>,
  message: string,
  hint: string,
  profile?: string,
): Finding {
  return { severity: 'error', rule, code, message, hint, ...(profile !== undefined && { profile }) }
}
