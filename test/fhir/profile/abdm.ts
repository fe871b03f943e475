import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openPackage } from '../../../server/fhir/profile/packages.ts'
import type { Library } from '../../../server/fhir/profile/source.ts'
import { cache } from './shop.ts'

const data = process.env['PARCHI_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))

/** India's guide, through the same door as PACKAGES; undefined where it is not there. */
export function abdmPackage(): Library | undefined {
  const folder = join(data, 'nrces-ndhm.in-2.0.1')
  return existsSync(folder) ? openPackage(folder, cache) : undefined
}

type Json = Record<string, unknown>

export interface ProfileMutation {
  kind: string
  /** Where it may rightly be told: at the element, or at what holds it. */
  paths: string[]
  apply(): void
}

/**
 * Faults against a profile's snapshot, put into a resource that keeps to it. It reads the snapshot by itself, so that it
 * shares no mistake with the validator: elements outside slices that the resource has, by their paths.
 */
export function profileMutations(resource: Json, { snapshot, type }: StructureDefinition): ProfileMutation[] {
  const mutations: ProfileMutation[] = []
  for (const element of snapshot?.element ?? []) {
    const { id = '', path } = element
    if (path === type || id.includes(':')) continue
    for (const place of placesOf(resource, path)) mutations.push(...faultsOf(element, place))
  }
  return mutations
}

interface Place {
  holder: Json
  key: string
  path: string
}

/** Where an element stands in the resource: every holder that has it. */
function placesOf(resource: Json, path: string): Place[] {
  const [root = '', ...steps] = path.split('.')
  let holders = [{ value: resource, path: root }]
  steps.slice(0, -1).forEach((step) => {
    holders = holders.flatMap(({ value, path: at }) => {
      const key = keyOf(value, step)
      const member = key === undefined ? undefined : value[key]
      if (Array.isArray(member)) {
        return member.flatMap((one: unknown, i) => (isJson(one) ? [{ value: one, path: `${at}.${key}[${i}]` }] : []))
      }
      return isJson(member) ? [{ value: member, path: `${at}.${key}` }] : []
    })
  })
  const last = steps.at(-1) ?? ''
  return holders.flatMap(({ value, path: at }) => {
    const key = keyOf(value, last)
    return key === undefined ? [] : [{ holder: value, key, path: `${at}.${key}` }]
  })
}

function keyOf(value: Json, step: string): string | undefined {
  if (!step.endsWith('[x]')) return value[step] === undefined ? undefined : step
  const stem = step.slice(0, -3)
  return Object.keys(value).find((key) => key.startsWith(stem) && /^[A-Z]/.test(key.slice(stem.length)))
}

function faultsOf(element: ElementDefinition, { holder, key, path }: Place): ProfileMutation[] {
  const value = holder[key]
  const first = Array.isArray(value) ? `${path}[0]` : path
  const one: unknown = Array.isArray(value) ? value[0] : value
  const above = path.slice(0, path.lastIndexOf('.'))
  const bare = `${above}.${element.path.slice(element.path.lastIndexOf('.') + 1).replace('[x]', '')}`
  const faults: ProfileMutation[] = []
  const put = (kind: string, paths: string[], bad: unknown) =>
    faults.push({ kind, paths, apply: () => void (Array.isArray(value) ? (value[0] = bad) : (holder[key] = bad)) })
  if ((element.min ?? 0) > 0) {
    faults.push({ kind: 'required', paths: [bare, above], apply: () => void delete holder[key] })
  }
  if (element.max === '1' && Array.isArray(value)) {
    faults.push({ kind: 'too many', paths: [path], apply: () => void value.push(structuredClone(value[0])) })
  }
  const fixed = Object.entries(element).find(([name]) => name.startsWith('fixed'))?.[1] as unknown
  if (typeof fixed === 'string') put('fixed', [first], `${fixed}x`)
  const types = element.type ?? []
  if (types.length === 1 && types[0]?.code === 'Reference' && types[0].targetProfile && isJson(one)) {
    put('wrong target', [`${first}.reference`], { reference: 'Basic/1' })
  }
  if (typeof one === 'string') put('wrong type', [first], 12)
  if (isJson(one)) put('wrong type', [first], 'text')
  if (element.binding?.strength === 'required' && types[0]?.code === 'code')
    put('bad code', [first], 'no such code, this')
  if (element.path.endsWith('[x]') && isJson(one)) {
    const stem = element.path.slice(element.path.lastIndexOf('.') + 1, -3)
    const other = `${stem}Attachment`
    const move = () => {
      delete holder[key]
      holder[other] = { title: 'x' }
    }
    faults.push({ kind: 'wrong type of a choice', paths: [`${above}.${other}`, bare], apply: move })
  }
  return faults
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
