import type { ElementDefinition, Resource, StructureDefinition } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { compile } from '../../../server/fhir/path/compile.ts'
import { parse } from '../../../server/fhir/path/parser.ts'
import { makeRules } from '../../../server/fhir/rules/rules.ts'
import type { IdentifierSystem } from '../../../server/fhir/rules/systems.ts'
import { isResourceType } from '../../../server/fhir/types.ts'
import { makeValidator } from '../../../server/fhir/validate/make.ts'
import { definitions } from '../validate/definitions.ts'

const root = new URL('../../../', import.meta.url)
const structures = new URL('profiles/structures/', root)
const fixtures = new URL('fixtures/profiles/', root)
const names = readdirSync(structures).map((file) => file.replace(/\.json$/, ''))
const BASE = 'https://parchi.example/fhir/StructureDefinition/'

/** What an invalid example is to be warned of: where, by which kind of rule, and words the finding says. */
interface Expected {
  path: string
  reason: 'min' | 'max' | 'fixed' | 'pattern' | 'slice' | 'target' | 'type' | 'constraint'
  words: string[]
}

describe('our own profiles', () => {
  const validator = makeValidator(definitions)
  const rules = makeRules(read<IdentifierSystem[]>(new URL('profiles/identifier-systems.json', root)))

  for (const name of names) {
    const structure = read<StructureDefinition>(new URL(`${name}.json`, structures))
    const elements = structure.differential?.element ?? []

    describe(name, () => {
      it('is a sound constraint on a resource type', () => {
        const { url, type, baseDefinition } = structure
        expect(url).to.equal(BASE + name)
        expect(isResourceType(type)).to.equal(true)
        expect(baseDefinition).to.equal(`http://hl7.org/fhir/StructureDefinition/${type}`)
        expect(validator.validate(structure).filter(({ severity }) => severity === 'error')).to.deep.equal([])
        const ids = elements.map(({ id }) => id)
        expect(new Set(ids).size).to.equal(ids.length)
        for (const one of elements) expect(one.path).to.equal(one.id?.replace(/:[^.]+/g, ''))
      })

      it('names elements that are there, and parents slices under an element with slicing', () => {
        const sliced = new Set(elements.filter(({ slicing }) => slicing).map(({ path }) => path))
        for (const one of elements) if (one.sliceName) expect(sliced.has(one.path), one.id).to.equal(true)
        const first = new Set(elements.map(({ path }) => path.split('.')[1]).filter((step) => step !== undefined))
        const known = new Set(
          definitions.structure(structure.type ?? '')?.elements.map((one) => one.path.split('.')[1]),
        )
        for (const step of first) expect(known.has(step), step).to.equal(true)
      })

      it('has invariants that can be read, each once', () => {
        const invariants = elements.flatMap((one: ElementDefinition) => one.constraint ?? [])
        for (const { expression = '' } of invariants) expect(() => parse(expression)).not.to.throw()
        expect(new Set(invariants.map(({ key }) => key)).size).to.equal(invariants.length)
      })

      const valid = examples(name, 'valid')
      const invalid = examples(name, 'invalid')
      it('has invariants that hold in valid examples, and fail in those that name them', () => {
        for (const url of [...valid, ...invalid]) {
          const named = url.pathname.includes('/invalid/') ? expectedOf(url) : []
          const keys = named.filter(({ reason }) => reason === 'constraint').flatMap(({ words }) => words)
          expect(broken(elements, read(url)), url.pathname).to.deep.equal(keys)
        }
      })

      it('has an example of each rule being kept, and several of rules being broken', () => {
        expect(valid).to.have.length.above(0)
        expect(invalid).to.have.length.above(0)
      })

      for (const url of [...valid, ...invalid]) {
        it(`${url.pathname.split('/').slice(-2).join('/')} claims it, and is sound R4 by our hard rules`, () => {
          const resource = read<Resource>(url)
          expect(resource.meta?.profile).to.deep.equal([structure.url])
          expect(validator.validate(resource).filter(({ severity }) => severity === 'error')).to.deep.equal([])
        })
      }

      for (const url of valid) {
        it(`${url.pathname.split('/').at(-1)} is left as it is by the hard rules`, () => {
          const resource = read<Resource>(url)
          expect(rules.apply({ value: resource, exact: [] })).to.deep.equal([])
          expect(resource).to.deep.equal(read(url))
        })
      }

      for (const url of invalid) {
        it(`${url.pathname.split('/').at(-1)} says what is wrong with it, at a place that is there`, () => {
          const expected = expectedOf(url)
          expect(expected).to.have.length.above(0)
          for (const { path, reason, words } of expected) {
            const holder = reason === 'min' || reason === 'type' ? path.replace(/\.[^.]+$/, '') : path
            expect(at(read(url), holder), path).not.to.equal(undefined)
            expect(words).to.have.length.above(0)
          }
        })
      }
    })
  }
})

function examples(name: string, kind: 'valid' | 'invalid'): URL[] {
  const folder = new URL(`${name}/${kind}/`, fixtures)
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((file) => !file.endsWith('.expected.json'))
  return files.map((file) => new URL(file, folder))
}

function read<T>(url: URL): T {
  return JSON.parse(readFileSync(url, 'utf8')) as T
}

function expectedOf(url: URL): Expected[] {
  return read(new URL(url.href.replace(/\.json$/, '.expected.json')))
}

/** Keys of the invariants that do not hold in a resource; those of a slice by system are asked of that slice. */
function broken(elements: readonly ElementDefinition[], resource: unknown): string[] {
  return elements.flatMap(({ id = '', constraint = [] }) => {
    const [, list = '', slice = '', rest = ''] = /^(.*):(\w+)(.*)$/.exec(id) ?? [undefined, id]
    const system = elements.find((one) => one.id === `${list}:${slice}.system`)?.fixedUri
    const place = system === undefined ? list : `${list}.where(system = '${system}')${rest}`
    const nodes = compile(place, { nodes: true })(resource)
    return constraint.flatMap(({ key, expression = '' }) =>
      nodes.every((node) => compile(expression)(node)[0] === true) ? [] : [key],
    )
  })
}

/** What stands at `Patient.name[0].text`. */
function at(resource: unknown, path: string): unknown {
  const steps = path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .slice(1)
  return steps.reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], resource)
}
