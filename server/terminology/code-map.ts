import type { ConceptMap, ConceptMapGroup, ConceptMapGroupElementTarget } from '@medplum/fhirtypes'
import { parseDelimited } from './load/delimited.ts'

/**
 * A facility's own codes, as a table that anybody can keep in a spreadsheet: three columns,
 *
 *     local_code,local_display,target
 *     HB,Haemoglobin,loinc|718-7
 *     HB,Haemoglobin,https://parchi.example/fhir/CodeSystem/opd-lab-tests|hb
 *     TLC,Total count,http://loinc.org|6690-2
 *     MISC,Misc charges,
 *
 * A target is `system|code`, the system by its url or a short name below. A code with several rows has several
 * targets; an empty target says that there is none (unmatched). A line that begins with # is a comment; of these
 * `# source: <url>` names the system of the local codes, by default `urn:parchi:codes:<file name>`.
 */
const shortNames: Readonly<Record<string, string>> = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  icd10: 'http://hl7.org/fhir/sid/icd-10',
  icd11: 'http://id.who.int/icd/release/11/mms',
  ucum: 'http://unitsofmeasure.org',
  atc: 'http://www.whocc.no/atc',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  diagnosis: 'https://parchi.example/fhir/CodeSystem/opd-diagnoses',
  lab: 'https://parchi.example/fhir/CodeSystem/opd-lab-tests',
  drug: 'https://parchi.example/fhir/CodeSystem/opd-drugs',
}

const HEADER = ['local_code', 'local_display', 'target']

interface Line {
  code: string
  display: string
  system: string | undefined
  target: string | undefined
}

/** The table as a ConceptMap, `urn:parchi:codes:<name>:map`. A fault is thrown with its line and what to do. */
export function compileCodeMap(name: string, csv: string): ConceptMap {
  const source = /^#\s*source:\s*(\S+)/m.exec(csv)?.[1] ?? `urn:parchi:codes:${name}`
  const lines = readLines(name, csv)
  const systems = [...new Set(lines.map(({ system }) => system))]
  return {
    resourceType: 'ConceptMap',
    id: name,
    url: `urn:parchi:codes:${name}:map`,
    name,
    status: 'active',
    group: systems.map((system) =>
      groupOf(
        source,
        system,
        lines.filter((line) => line.system === system),
      ),
    ),
  }
}

function readLines(name: string, csv: string): Line[] {
  const table = csv.replace(/^#.*$/gm, '')
  const [header, ...rows] = parseDelimited(table, ',').filter(({ cells }) => cells.some(Boolean))
  const found = (header?.cells ?? []).map((cell) => cell.trim().toLowerCase())
  if (HEADER.some((column, i) => found[i] !== column)) {
    throw new Error(`${name}.csv: the first line must be ${HEADER.join(',')}.`)
  }
  return rows.map(({ cells, line }) => readLine(`${name}.csv, line ${line}`, cells))
}

function readLine(place: string, cells: readonly string[]): Line {
  // the fourth, `priority`, is the mappers' business: which of several targets they take
  const [code = '', display = '', target = '', priority = '', ...more] = cells.map((cell) => cell.trim())
  if (code === '') throw new Error(`${place}: the local code is missing.`)
  if (more.some(Boolean) || !/^\d*$/.test(priority))
    throw new Error(`${place}: there are more than three columns; put texts with commas in quotes.`)
  if (target === '') return { code, display, system: undefined, target: undefined }
  const at = target.lastIndexOf('|')
  const system = shortNames[target.slice(0, at).toLowerCase()] ?? target.slice(0, at)
  if (at < 1 || at === target.length - 1 || !/^(https?:\/\/|urn:)/.test(system)) {
    throw new Error(
      `${place}: the target must be system|code, the system a url or one of ${Object.keys(shortNames).join(', ')}.`,
    )
  }
  return { code, display, system, target: target.slice(at + 1) }
}

function groupOf(source: string, system: string | undefined, lines: readonly Line[]): ConceptMapGroup {
  const codes = [...new Set(lines.map(({ code }) => code))]
  return {
    source,
    ...(system && { target: system }),
    element: codes.map((code) => {
      const rows = lines.filter((line) => line.code === code)
      const display = rows.find((row) => row.display)?.display
      return { code, ...(display && { display }), target: rows.map(targetOf) }
    }),
  }
}

function targetOf({ target }: Line): ConceptMapGroupElementTarget {
  return target === undefined ? { equivalence: 'unmatched' } : { code: target, equivalence: 'equivalent' }
}
