import type {
  AllergyIntolerance,
  Bundle,
  CodeableConcept,
  Encounter,
  Observation,
  Patient,
  Resource,
} from '@medplum/fhirtypes'

/**
 * The facts of a bundle that matter whoever converts it: `Patient.birthDate 1962-10-22`. Of several codings the first
 * counts, and with `all` each of them: converters differ in which translation they put first.
 */
export function factsOf(resources: readonly Resource[], all = false): Set<string> {
  const facts = new Set<string>()
  codings = all ? 100 : 1
  for (const resource of resources) for (const fact of factsIn(resource)) facts.add(fact)
  return facts
}

let codings = 1

function factsIn(resource: Resource): string[] {
  const reader = readers[resource.resourceType] as ((one: Resource) => string[]) | undefined
  return reader?.(resource) ?? []
}

const readers: { [T in Resource['resourceType']]?: (one: Extract<Resource, { resourceType: T }>) => string[] } = {
  Patient: patientFacts,
  Encounter: encounterFacts,
  AllergyIntolerance: (one) => withDay(coded('Allergy', ...allergens(one)), one.onsetDateTime),
  Condition: ({ code, onsetDateTime }) => withDay(coded('Condition', code), onsetDateTime),
  Medication: ({ code }) => coded('Drug', code),
  MedicationRequest: ({ medicationCodeableConcept }) => coded('Drug', medicationCodeableConcept),
  Immunization: ({ vaccineCode, occurrenceDateTime }) => withDay(coded('Vaccine', vaccineCode), occurrenceDateTime),
  // An observation of the procedures section is a Procedure here, and an Observation to some converters.
  Procedure: ({ code, performedDateTime }) => [
    ...coded('Procedure', code),
    ...withDay(coded('Observation', code), performedDateTime),
  ],
  DiagnosticReport: ({ code }) => coded('Report', code),
  Observation: (one) => {
    const facts = coded('Observation', one.code)
    return [...withDay(facts, one.effectiveDateTime), ...facts.flatMap((fact) => valued(fact, one))]
  },
}

function withDay(facts: readonly string[], date: string | undefined): string[] {
  return facts.flatMap((fact) => (date === undefined ? [fact] : [fact, `${fact} on ${day(date)}`]))
}

function patientFacts({ identifier, name, birthDate, gender, address, telecom }: Patient): string[] {
  return [
    ...(identifier ?? []).map(({ value }) => `Patient.identifier ${value}`),
    ...(name ?? [])
      .slice(0, 1)
      .flatMap(({ family, given }) => [`Patient.family ${family}`, `Patient.given ${given?.join(' ')}`]),
    ...(birthDate ? [`Patient.birthDate ${birthDate.slice(0, 10)}`] : []),
    ...(gender ? [`Patient.gender ${gender}`] : []),
    ...(address ?? []).flatMap(({ city, postalCode }) => [
      ...(city ? [`Patient.city ${city}`] : []),
      ...(postalCode ? [`Patient.postalCode ${postalCode}`] : []),
    ]),
    ...(telecom ?? []).flatMap(({ value }) => (value ? [`Patient.telecom ${value.replace(/[^\d@a-z.]/gi, '')}`] : [])),
  ]
}

function encounterFacts({ period, identifier }: Encounter): string[] {
  return [
    ...(identifier ?? []).map(({ value }) => `Encounter.identifier ${value}`),
    ...(period?.start ? [`Encounter.start ${day(period.start)}`] : []),
    ...(period?.end ? [`Encounter.end ${day(period.end)}`] : []),
  ]
}

function allergens({ code, reaction }: AllergyIntolerance): CodeableConcept[] {
  return [...(code ? [code] : []), ...(reaction ?? []).flatMap(({ substance }) => (substance ? [substance] : []))]
}

function coded(what: string, ...concepts: readonly (CodeableConcept | undefined)[]): string[] {
  const codes = concepts.flatMap((concept) => concept?.coding?.slice(0, codings) ?? [])
  return [...new Set(codes.flatMap(({ code }) => (code ? [`${what} ${code}`] : [])))]
}

function day(date: string): string {
  return date.slice(0, 10)
}

function valued(fact: string, { valueQuantity, valueCodeableConcept, valueString }: Observation): string[] {
  if (valueQuantity?.value !== undefined) return [`${fact} = ${valueQuantity.value} ${valueQuantity.unit ?? ''}`.trim()]
  const [coding] = valueCodeableConcept?.coding ?? []
  if (coding?.code) return [`${fact} = ${coding.code}`]
  return valueString ? [`${fact} = ${valueString.replace(/\s+/g, ' ').trim()}`] : []
}

/** What a converter's output says, whether it is wrapped or not. */
export function bundleIn(json: string): Resource[] {
  const parsed = JSON.parse(json) as Bundle & { fhirResource?: Bundle }
  return ((parsed.fhirResource ?? parsed).entry ?? []).flatMap(({ resource }) => (resource ? [resource] : []))
}
