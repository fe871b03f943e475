import { expect } from 'chai'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readEnforcement } from '../../../server/profiles/enforcement.ts'
import { openLibrary } from '../../../server/profiles/library.ts'
import { definitions, validator } from '../validate/definitions.ts'
import { cache, examinerOf } from './shop.ts'

const root = new URL('../../../', import.meta.url)
const fixtures = fileURLToPath(new URL('fixtures/profiles/', root))

describe('Our own profiles', () => {
  if (!existsSync(fixtures)) return
  const library = openLibrary(cache, definitions.version, new URL('profiles/', root), [])
  const examine = examinerOf(library)

  for (const name of readdirSync(fixtures)) {
    const url = `https://parchi.example/fhir/StructureDefinition/${name}`

    it(`${name} takes its valid examples`, () => {
      for (const { file, json } of examples(name, 'valid')) {
        expect(validator.validate(json), file).to.deep.equal([])
        const told = examine(json, { profiles: [url], extensions: true })
        expect(
          told.filter(({ severity }) => severity === 'error'),
          file,
        ).to.deep.equal([])
      }
    })

    it(`${name} finds what is wrong with the invalid ones, in its place`, () => {
      for (const { file, json, expected } of examples(name, 'invalid')) {
        const told = [...validator.validate(json), ...examine(json, { profiles: [url], extensions: true })]
        // A reference is told at its text, and named by its element.
        const paths = told.flatMap(({ path }) => [path, path?.replace(/\.reference$/, '')])
        for (const { path } of expected ?? [])
          expect(
            paths.some((one) => tells(one, path)),
            `${file}: ${paths.join(', ')}`,
          ).to.equal(true)
      }
    })
  }

  it('are named in the enforcement by urls that are known', () => {
    for (const url of readEnforcement(new URL('profiles/', root)).unasked)
      expect(library.profile(url), url).to.not.equal(undefined)
  })
})

/** `medication[x]` is told at the type that was given. */
function tells(path: string | undefined, expected: string): boolean {
  return path === expected || (expected.endsWith('[x]') && (path ?? '').startsWith(expected.slice(0, -3)))
}

interface Example {
  file: string
  json: unknown
  expected?: { path: string }[]
}

function examples(profile: string, kind: 'valid' | 'invalid'): Example[] {
  const folder = `${fixtures}${profile}/${kind}/`
  if (!existsSync(folder)) return []
  const read = (file: string): unknown => JSON.parse(readFileSync(folder + file, 'utf8'))
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && !file.endsWith('.expected.json'))
    .map((file) => {
      const beside = file.replace('.json', '.expected.json')
      const expected = existsSync(folder + beside) ? (read(beside) as { path: string }[]) : undefined
      return { file, json: read(file), ...(expected && { expected }) }
    })
}
