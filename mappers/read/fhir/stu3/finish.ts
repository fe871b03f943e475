import { isObject, list, objects, text, type Json } from '../json.ts'

/** What a change of names alone does not do, by type. */
export const finishers: Readonly<Record<string, (out: Json) => void>> = {
  Observation(out) {
    note(out, 'comment')
    for (const { type, target } of objects(take(out, 'related'))) {
      const name = type === 'has-member' ? 'hasMember' : type === 'derived-from' ? 'derivedFrom' : undefined
      if (name !== undefined && isObject(target)) out[name] = [...list(out[name]), target]
    }
  },
  DiagnosticReport(out) {
    actors(out, 'performer')
  },
  Condition(out) {
    concept(out, 'clinicalStatus', 'condition-clinical')
    if (out['verificationStatus'] === 'unknown') delete out['verificationStatus']
    concept(out, 'verificationStatus', 'condition-ver-status')
    if (out['abatementBoolean'] !== undefined && take(out, 'abatementBoolean') === true) {
      out['clinicalStatus'] ??= coded('resolved', 'condition-clinical')
    }
    note(out, 'notes')
  },
  AllergyIntolerance(out) {
    concept(out, 'clinicalStatus', 'allergyintolerance-clinical')
    concept(out, 'verificationStatus', 'allergyintolerance-verification')
  },
  Procedure(out) {
    status(out, { suspended: 'on-hold', aborted: 'stopped' })
    if (take(out, 'notDone') === true) out['status'] = 'not-done'
    roles(out, 'performer', 'function')
    note(out, 'notes')
  },
  Immunization(out) {
    if (take(out, 'notGiven') === true) out['status'] = 'not-done'
    const explained = objects(take(out, 'explanation'))[0] ?? {}
    const [reason, refusal] = [list(explained['reason']), list(explained['reasonNotGiven'])]
    if (reason.length > 0) out['reasonCode'] ??= reason
    if (refusal.length > 0) out['statusReason'] ??= refusal[0]
    const givers = take(out, 'practitioner')
    if (givers !== undefined) out['performer'] ??= list(givers)
    roles(out, 'performer', 'function')
    const protocols = objects(take(out, 'vaccinationProtocol')).flatMap((one) => protocol(one) ?? [])
    if (protocols.length > 0) out['protocolApplied'] ??= protocols
  },
  Encounter(out) {
    if (typeof out['class'] === 'string') out['class'] = encounterClass(out['class'])
    out['diagnosis'] = objects(out['diagnosis']).map(({ role, ...rest }) => ({
      ...rest,
      ...(role !== undefined && { use: role }),
    }))
    if ((out['diagnosis'] as Json[]).length === 0) delete out['diagnosis']
  },
  ServiceRequest(out) {
    status(out, {
      suspended: 'on-hold',
      cancelled: 'revoked',
      requested: 'active',
      accepted: 'active',
      received: 'active',
      'in-progress': 'active',
      stopped: 'revoked',
    })
    agent(out)
    note(out, 'description')
    out['intent'] ??= 'order'
  },
  MedicationRequest(out) {
    agent(out)
    note(out, 'note')
    out['intent'] ??= 'order'
    const { substitution } = out
    if (isObject(substitution) && typeof substitution['allowed'] === 'boolean') {
      const { allowed, ...rest } = substitution
      out['substitution'] = { ...rest, allowedBoolean: allowed }
    }
  },
  MedicationStatement(out) {
    const taken = take(out, 'taken')
    if (taken === 'n') out['status'] = 'not-taken'
    note(out, 'note')
  },
  MedicationDispense(out) {
    if (take(out, 'notDone') === true) out['status'] = 'declined'
    for (const one of objects(out['performer'])) delete one['onBehalfOf']
  },
  MedicationAdministration(out) {
    if (take(out, 'notGiven') === true) out['status'] = 'not-done'
    for (const one of objects(out['performer'])) delete one['onBehalfOf']
  },
  Medication(out) {
    for (const one of objects(out['ingredient'])) if (one['amount'] !== undefined) one['strength'] = take(one, 'amount')
    const pack = objects(take(out, 'package'))[0]
    const batch = objects(pack?.['batch'])[0]
    if (batch) out['batch'] ??= batch
    if (isObject(pack?.['container'])) out['form'] ??= pack['container']
  },
  DocumentReference(out) {
    if (isObject(out['authenticator']) || !Array.isArray(out['authenticator'])) return contextOf(out)
    out['authenticator'] = list(out['authenticator'])[0]
    contextOf(out)
  },
  Composition(out) {
    for (const attester of objects(out['attester'])) attester['mode'] = list(attester['mode'])[0]
  },
  ImagingStudy(out) {
    const uid = text(take(out, 'uid'))
    const accession = take(out, 'accession')
    const ids = [
      ...(uid === undefined ? [] : [{ system: 'urn:dicom:uid', value: uid.replace(/^(?:urn:oid:)?/, 'urn:oid:') }]),
      ...(isObject(accession) ? [accession] : []),
    ]
    if (ids.length > 0) out['identifier'] = [...list(out['identifier']), ...ids]
    out['status'] ??= 'unknown'
    for (const series of objects(out['series'])) delete series['availability']
  },
}

function take(out: Json, name: string): unknown {
  const value = out[name]
  delete out[name]
  return value
}

/** A text that became an Annotation. */
function note(out: Json, name: string): void {
  const value = out[name]
  if (typeof value !== 'string') return
  delete out[name]
  out['note'] = [...objects(out['note']), { text: value }]
}

function coded(code: string, system: string): Json {
  return { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }] }
}

function concept(out: Json, name: string, system: string): void {
  const value = out[name]
  if (typeof value === 'string') out[name] = coded(value.trim().toLowerCase(), system)
}

function status(out: Json, words: Readonly<Record<string, string>>): void {
  const value = out['status']
  if (typeof value === 'string' && Object.hasOwn(words, value)) out['status'] = words[value]
}

/** `{ role, actor }` → the actor. */
function actors(out: Json, name: string): void {
  if (out[name] === undefined) return
  out[name] = objects(out[name]).map((one) => (isObject(one['actor']) ? one['actor'] : one))
}

/** `role` → `function` */
function roles(out: Json, name: string, to: string): void {
  for (const one of objects(out[name])) if (one['role'] !== undefined) one[to] = take(one, 'role')
}

/** `requester: { agent, onBehalfOf }` → requester. */
function agent(out: Json): void {
  const { requester } = out
  if (isObject(requester) && isObject(requester['agent'])) out['requester'] = requester['agent']
}

function protocol(old: Json): Json | undefined {
  const number = old['doseSequence']
  if (number === undefined) return undefined
  const { series, authority, targetDisease, seriesDoses } = old
  return {
    ...(series !== undefined && { series }),
    ...(authority !== undefined && { authority }),
    ...(targetDisease !== undefined && { targetDisease }),
    doseNumberPositiveInt: number,
    ...(seriesDoses !== undefined && { seriesDosesPositiveInt: seriesDoses }),
  }
}

function encounterClass(word: string): Json {
  const code = CLASSES[word.trim().toLowerCase()]
  const system = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
  return code === undefined ? { display: word.trim() } : { system, code }
}

const CLASSES: Readonly<Record<string, string>> = {
  inpatient: 'IMP',
  imp: 'IMP',
  outpatient: 'AMB',
  ambulatory: 'AMB',
  amb: 'AMB',
  emergency: 'EMER',
  emer: 'EMER',
  home: 'HH',
  field: 'FLD',
  daytime: 'SS',
  virtual: 'VR',
}

/** The encounter of a document became a list; its date an instant is seen to by the mends. */
function contextOf(out: Json): void {
  const { context } = out
  if (isObject(context) && isObject(context['encounter']))
    out['context'] = { ...context, encounter: [context['encounter']] }
}
