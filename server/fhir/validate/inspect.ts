import { closest, quoted, type Findings, type Json } from './findings.ts'
import type { Rule, RuleEnv } from './invariants.ts'
import type { Content, Property, Shape, Shapes } from './shapes.ts'
import { contentFault } from './content.ts'

/** Elements deeper than this are not walked: no R4 resource has a use for it, and the stack has an end. */
const MAX_DEPTH = 200

/** Walks an instance once along its shapes and names every fault. */
export class Inspection {
  constructor(
    private readonly shapes: Shapes,
    private readonly findings: Findings,
  ) {}

  /** A resource: on its own, in an entry or parameter, or contained in `container`. */
  resource(value: unknown, container?: RuleEnv): void {
    const { findings } = this
    if (!isObject(value)) {
      findings.add('structure', 'A resource must be an object.', 'Write it as { "resourceType": … }.')
      return
    }
    const type = value.resourceType
    const shape = typeof type === 'string' ? this.shapes.resource(type) : undefined
    if (type === undefined) {
      findings.addAt('resourceType', 'required', '`resourceType` is required.', 'Add the name of an R4 resource type.')
    } else if (!shape) {
      findings.addAt(
        'resourceType',
        'value',
        '`resourceType` must name an R4 resource type.',
        'Spell it as in hl7.org/fhir/R4/resourcelist.html.',
      )
    } else {
      this.object(value, shape, undefined, {
        resource: value,
        rootResource: container ? container.rootResource : value,
      })
    }
  }

  /** Invariants are asked only of an object whose own properties are sound: one fault, one finding. */
  private object(value: Json, shape: Shape, property: Property | undefined, env: RuleEnv): void {
    const { findings } = this
    if (findings.depth > MAX_DEPTH) {
      findings.add('too-long', 'Elements are nested too deeply.', `Nest at most ${MAX_DEPTH} levels.`)
      return
    }
    let sound = true
    let filled = shape.resource || shape.bare === true
    let seen = 0
    for (const key in value) {
      const known = shape.properties.get(key) ?? (key.startsWith('_') ? shape.siblings.get(key) : undefined)
      if (!known) {
        if (key !== 'resourceType' || !shape.resource) sound = this.unknown(key, shape)
        continue
      }
      if (known.rivals && seen & known.bit && !this.alone(known, value)) sound = false
      seen |= known.bit
      filled ||= key !== 'id'
      const own = known.key === key
      if (own && isSound(value[key], known)) continue
      findings.enter(known.key)
      const good = own ? this.property(value[key], known, value, env) : this.sibling(value[key], known, value, env)
      findings.leave()
      if (!good) sound = false
      if (findings.full) return
    }
    if (!filled) {
      findings.add('structure', 'An element must not be empty.', 'Give it content or leave it out.')
    } else if ((seen & shape.requiredBits) !== shape.requiredBits) {
      this.missing(shape, seen)
    } else if (sound) {
      this.ask(shape.rules, value, env)
      if (property) this.ask(property.rules, value, env)
    }
  }

  /** False when the property itself is at fault; what its content lacks is reported, but is not its holder's fault. */
  private property(value: unknown, property: Property, holder: Json, env: RuleEnv): boolean {
    const { findings } = this
    if (!property.many) {
      if (!Array.isArray(value)) return this.item(value, property, undefined, env)
      findings.add(
        'structure',
        `\`${property.key}\` must be a single value, not an array.`,
        'Write the value without [ ].',
      )
      return false
    }
    if (!Array.isArray(value)) {
      findings.add('structure', `\`${property.key}\` must be an array.`, 'Put [ ] around the value.')
      return false
    }
    if (value.length === 0) {
      findings.add('structure', `\`${property.key}\` must not be an empty array.`, 'Give it a value or leave it out.')
      return false
    }
    const siblings = property.content.kind === 'primitive' ? holder[`_${property.key}`] : undefined
    let good = true
    for (let i = 0; i < value.length && !findings.full; i++) {
      findings.enter(i)
      good = this.item(value[i], property, Array.isArray(siblings) ? siblings[i] : undefined, env) && good
      findings.leave()
    }
    return good
  }

  private item(value: unknown, property: Property, sibling: unknown, env: RuleEnv): boolean {
    const { content } = property
    if (content.kind === 'primitive') return this.primitive(value, property, content, sibling, env)
    if (!isObject(value)) {
      this.findings.add('structure', `\`${property.key}\` must be ${a(content)}, an object.`, 'Write it as { … }.')
      return false
    }
    if (content.kind === 'resource') {
      this.resource(value, property.key === 'contained' ? env : undefined)
      return true
    }
    this.object(value, content.shape(), property, env)
    const fault = contentFault(value, property, content.type, env)
    if (fault) this.findings.addAt(fault.step, fault.code, fault.message, fault.hint)
    return true
  }

  private primitive(
    value: unknown,
    { key, codes, rules }: Property,
    { primitive, type }: PrimitiveContent,
    sibling: unknown,
    env: RuleEnv,
  ): boolean {
    const { findings } = this
    if (value === null && isObject(sibling)) return true
    if (value === null) {
      findings.add(
        'structure',
        `\`${key}\` must not be null.`,
        'Leave it out; in an array, null stands only where the array with _ has an extension.',
      )
      return false
    }
    const fits = typeof value === primitive.json && primitive.test(value as never)
    if (fits !== true) {
      findings.add(
        'value',
        `\`${key}\` ${fits || `must be ${primitive.must}`}.`,
        fits ? `Give ${primitive.must}.` : `Correct it, or leave it out.`,
      )
      return false
    }
    if (codes && type !== 'xhtml' && !codes.hasCode(value as string)) {
      findings.add(
        'code-invalid',
        `\`${key}\` must be ${codes.words}.`,
        'Use one of the allowed codes, in their spelling.',
      )
      return false
    }
    this.ask(rules, value, env)
    return true
  }

  /** The property with _ that carries a primitive's id and extensions (https://hl7.org/fhir/R4/json.html#primitive). */
  private sibling(value: unknown, property: Property, holder: Json, env: RuleEnv): boolean {
    const { findings } = this
    const main = holder[property.key]
    if (!property.many) return this.extras(value, main, property, env)
    if (!Array.isArray(value) || value.length === 0) {
      findings.add(
        'structure',
        `\`_${property.key}\` must be an array with content.`,
        'Write one { "extension": … } or null for each value.',
      )
      return false
    }
    let good = true
    for (let i = 0; i < value.length && !findings.full; i++) {
      const counterpart = Array.isArray(main) ? (main[i] as unknown) : undefined
      findings.enter(i)
      const fills = value[i] === null && counterpart !== undefined
      good = (fills || this.extras(value[i], counterpart ?? undefined, property, env)) && good
      findings.leave()
    }
    return good
  }

  private extras(value: unknown, main: unknown, property: Property, env: RuleEnv): boolean {
    const { findings } = this
    if (!isObject(value)) {
      findings.add(
        'structure',
        `\`_${property.key}\` must be an object with id or extension.`,
        'Write it as { "extension": [ … ] }, or leave it out.',
      )
      return false
    }
    const onlyId = main !== undefined && Object.keys(value).join() === 'id'
    this.object(value, onlyId ? this.shapes.bareElement : this.shapes.element, undefined, env)
    return true
  }

  private ask(rules: readonly Rule[], focus: unknown, env: RuleEnv): void {
    for (const rule of rules) {
      if (!rule.holds(focus, env))
        this.findings.add('invariant', `${rule.key}: ${rule.human}`, 'Change the elements that this rule names.')
    }
  }

  private unknown(key: string, { name, properties }: Shape): false {
    const nearest = closest(key, properties.keys())
    const hint = nearest ? `Did you mean \`${nearest}\`?` : 'Remove it, or carry it in an extension.'
    this.findings.addAt(key, 'structure', `${quoted(key)} is not an element of ${name}.`, hint)
    return false
  }

  /** Whether a choice element has no second type; the first of them to be walked reports it. */
  private alone({ key, rivals }: Property, holder: Json): boolean {
    const others = rivals?.filter((rival) => Object.hasOwn(holder, rival) || Object.hasOwn(holder, `_${rival}`)) ?? []
    if (others.length === 0) return true
    this.findings.addAt(
      key,
      'structure',
      `${[key, ...others].map(quoted).join(' and ')} must not stand together.`,
      'Keep one of them.',
    )
    return false
  }

  private missing({ required, name: type }: Shape, seen: number): void {
    for (const { bit, name, keys } of required) {
      if (seen & bit) continue
      const choice = keys.length > 1
      const hint = choice && keys.length < 12 ? `Add one of ${keys.join(', ')}.` : 'Add it.'
      this.findings.addAt(name.replace('[x]', ''), 'required', `\`${name}\` is required in ${type}.`, hint)
    }
  }
}

/** The quick yes to a primitive, which most properties are: what is asked of it here is asked again to find words for a no. */
function isSound(value: unknown, { content, many, codes, rules }: Property): boolean {
  if (many || content.kind !== 'primitive' || rules.length > 0) return false
  const { json, test } = content.primitive
  return typeof value === json && test(value as never) === true && (!codes || codes.hasCode(value as string))
}

type PrimitiveContent = Extract<Content, { kind: 'primitive' }>

function a(content: Exclude<Content, PrimitiveContent>): string {
  return content.kind === 'resource' ? 'a resource' : `of type ${content.type}`
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
