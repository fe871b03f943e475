import type { CodeableConcept, Coding, ValueSet } from '@medplum/fhirtypes'
import { findConcept, type Concept } from './concept.ts'
import type { Asked } from './compose/asked.ts'
import { planValueSet, type Plan } from './compose/plan.ts'
import { sql } from '../db/sql.ts'
import { grammarOf } from './grammars.ts'
import { displayIn } from './language.ts'
import { findSystem, type System } from './system.ts'
import type { Terminology } from './terminology.ts'

/** The answer of both $validate-code operations; messages are whole sentences. */
export interface Checked {
  readonly result: boolean
  readonly messages: readonly string[]
  readonly display?: string | undefined
  readonly system?: string | undefined
  readonly code?: string | undefined
}

export interface CheckOptions extends Asked {
  /** May the code be abstract (a heading)? */
  readonly abstract?: boolean | undefined
  readonly displayLanguage?: string | undefined
  /** A code without a system: take the one system of the value set that has it. */
  readonly inferSystem?: boolean
}

/** Is the code in its code system (https://hl7.org/fhir/R4/codesystem-operation-validate-code.html)? */
export async function checkCoding(terminology: Terminology, coding: Coding, options: CheckOptions): Promise<Checked> {
  const { system: url, version, code } = coding
  if (!code) return no('There is no code to validate.')
  if (!url) return no('A code can only be validated with its system.')
  const system = await findSystem(terminology, url, version)
  const grammar = grammarOf(url)
  if (grammar && system?.content !== 'complete') {
    const fault = grammar.fault(code)
    return fault === undefined
      ? { result: true, messages: [], display: code, system: url, code }
      : no(`The code ${code} ${fault}.`)
  }
  if (!system)
    return no(
      `The code system ${version === undefined ? url : `${url}|${version}`} is not known here, so the code cannot be validated.`,
    )
  return checkIn(terminology, system, coding, options)
}

export async function checkIn(
  terminology: Terminology,
  system: System,
  { code = '', display }: Coding,
  options: CheckOptions,
): Promise<Checked> {
  const concept = await findConcept(terminology, system, code)
  if (!concept) {
    const missing = `The code ${code} is not in the code system ${system.url}${system.version && ` version ${system.version}`}`
    if (system.content === 'complete') return no(`${missing}.`)
    return {
      result: true,
      messages: [`${missing}, but only a part of the system (${system.content}) is here: it may be valid.`],
      code,
    }
  }
  if (concept.abstract && options.abstract === false)
    return no(`The code ${code} is abstract: a heading, not for use.`, shownAs(system, concept, options))
  const shown = shownAs(system, concept, options)
  const wrong = wrongDisplay(
    display,
    [concept.display, ...(concept.detail?.designation ?? []).map(({ value }) => value)],
    system,
  )
  if (wrong) return { ...no(`${wrong} It is ${shown}.`, shown), system: system.url, code: concept.code }
  const messages = concept.inactive ? [`The code ${code} is inactive.`] : []
  return { result: true, messages, display: shown, system: system.url, code: concept.code }
}

/** Is the code in the value set (https://hl7.org/fhir/R4/valueset-operation-validate-code.html)? */
export async function checkMember(
  terminology: Terminology,
  valueSet: ValueSet,
  coding: Coding,
  options: CheckOptions,
): Promise<Checked> {
  const { code, system, version } = coding
  if (!code) return no('There is no code to validate.')
  const systemVersions =
    system && version ? [...(options.systemVersions ?? []), `${system}|${version}`] : options.systemVersions
  const asked: Asked = { ...options, codes: [code], ...(systemVersions && { systemVersions }) }
  const plan = await planValueSet(terminology, valueSet, asked)
  const found = await membersOf(terminology, plan)
  const hits = system === undefined ? found : found.filter((member) => member.system === system)
  const named = valueSet.url ?? 'sent'
  const [hit] = hits
  if (!hit) {
    const fault = system === undefined ? undefined : grammarOf(system)?.fault(code)
    if (fault !== undefined) return no(`The code ${code} ${fault}.`)
    const elsewhere = system !== undefined && found.length > 0 ? ' with this system' : ''
    return no(
      `The code ${system === undefined ? '' : `${system}|`}${code} is not in the value set ${named}${elsewhere}.`,
    )
  }
  if (system === undefined && !options.inferSystem)
    return no(`The code ${code} has no system, so it cannot be told which one of the value set is meant.`)
  if (hits.length > 1) return no(`The code ${code} is in several systems of the value set ${named}: give its system.`)
  return judge(plan, hit, coding, options)
}

/** One coding in the value set is enough; a coding that does not exist is a fault even so (R4: true if one of the coding values is in the value set). */
export async function checkConcept(
  concept: CodeableConcept,
  check: (coding: Coding) => Promise<Checked>,
): Promise<Checked> {
  const codings = concept.coding ?? []
  if (codings.length === 0) return no('The CodeableConcept has no coding to validate.')
  const answers: Checked[] = []
  for (const coding of codings) answers.push(await check(coding))
  const good = answers.find(({ result }) => result)
  if (!good) return no(answers.flatMap(({ messages }) => messages).join(' '))
  const others = answers.filter(({ result }) => !result).flatMap(({ messages }) => messages)
  return { ...good, messages: [...good.messages, ...others] }
}

interface Member {
  system: string
  used: System | undefined
  concept: Concept | undefined
  code: string
  listed: string | undefined
  /** The display and all designations, of the value set too. */
  names: (string | undefined)[]
}

async function membersOf(terminology: Terminology, plan: Plan): Promise<Member[]> {
  const rows = await terminology.db.rows<{ sys: number; member: string } & Concept>(sql`
    select m.sys, m.code as member, c.* from (${plan.members}) as m left join concept c on c.sid = m.sid and c.code = m.code limit 50`)
  return rows.map(({ sys, member, ...concept }) => {
    const listed = plan.listed.get(`${sys} ${member}`)
    const designations = [...(listed?.designation ?? []), ...(concept.detail?.designation ?? [])]
    return {
      system: plan.systems[sys] ?? '',
      used: concept.sid === null ? undefined : plan.used.get(concept.sid),
      concept: concept.code === null ? undefined : concept,
      code: member,
      listed: listed?.display,
      names: [listed?.display, concept.display ?? undefined, ...designations.map(({ value }) => value)],
    }
  })
}

function judge(
  plan: Plan,
  { system, used, concept, code, listed, names }: Member,
  coding: Coding,
  options: CheckOptions,
): Checked {
  const designations = [
    ...(plan.listed.get(`${plan.systems.indexOf(system)} ${code}`)?.designation ?? []),
    ...(concept?.detail?.designation ?? []),
  ]
  const shown = displayIn(
    options.displayLanguage,
    listed ?? concept?.display ?? undefined,
    used?.head.language,
    designations,
  )
  const said = { display: shown, system, code }
  if (concept?.abstract && options.abstract === false)
    return { ...no(`The code ${code} is abstract: a heading, not for use.`), ...said }
  const wrong = wrongDisplay(coding.display, names, used)
  if (wrong) return { ...no(`${wrong} It is ${shown ?? 'not known'}.`), ...said }
  const missing = used && !concept && used.content === 'complete'
  if (missing)
    return { ...no(`The value set lists the code ${code}, but the code system ${system} does not have it.`), ...said }
  return { result: true, messages: concept?.inactive ? [`The code ${code} is inactive.`] : [], ...said }
}

/** Blanks and case do not make a display another one, unless its system says that case counts. */
function wrongDisplay(
  given: string | undefined,
  names: readonly (string | null | undefined)[],
  system?: System,
): string | undefined {
  const known = names.filter((name) => name !== null && name !== undefined && name !== '')
  if (given === undefined || known.length === 0) return undefined
  const plain = (text: string): string => text.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase()
  if (known.some((name) => plain(name ?? '') === plain(given))) return undefined
  return `The display is not one of the code${system ? ` in ${system.url}` : ''}.`
}

function shownAs(system: System, concept: Concept, { displayLanguage }: CheckOptions): string | undefined {
  return displayIn(
    displayLanguage,
    concept.display ?? undefined,
    system.head.language,
    concept.detail?.designation ?? [],
  )
}

function no(message: string, display?: string): Checked {
  return { result: false, messages: [message], ...(display !== undefined && { display }) }
}
