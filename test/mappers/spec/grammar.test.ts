import { expect } from 'chai'
import { compile } from '../../../mappers/compile.ts'
import { compiled, csvClinic, libraryWith, mapAll, mapRow } from './library.ts'

const ID = 'patient.localId: Id'

/** The canonical record of one row under bindings; the patient's id is always bound. */
async function read(bind: string, header: string, row: string) {
  const record = await mapRow(`bind:\n  ${ID}\n${bind.replace(/^/gm, '  ')}`, `Id,${header}`, `7,${row}`)
  return {
    ...record.canonical,
    issues: record.issues.map(({ code, level }) => `${code} ${level}`),
    state: record.state,
  }
}

describe('mappers/spec: the grammar of bindings', () => {
  it('reads the first path that is filled', async () => {
    const { visit } = await read('visit.department: { from: [A, B, C] }', 'A,B,C', ',  ,Eye')
    expect(visit?.department).to.equal('Eye')
  })

  it('glues paths with join, leaving out the blank ones', async () => {
    const { visit } = await read('visit.notes: { from: [A, B, C], join: " / " }', 'A,B,C', 'x,,z')
    expect(visit?.notes).to.equal('x / z')
  })

  it('runs a chain of functions, and then the default function of the field', async () => {
    const { visit, patient } = await read(
      'visit.department: { from: A, as: [upper, { without-prefix: "DEPT " }] }\npatient.accountNumber: { from: B, as: [trim, upper] }',
      'A,B',
      'dept eye,ab1',
    )
    expect(visit?.department).to.equal('EYE')
    expect(patient?.accountNumber).to.deep.include({ value: 'AB1' })
  })

  it('takes one of several with first, and each of them for a field that repeats', async () => {
    const { visit, patient } = await read(
      'visit.department: { from: A, as: [{ split: "/" }, first] }\npatient.phones: { from: B, as: [{ split: "/" }, phone] }',
      'A,B',
      'Eye/ENT,9827112345/9827112346',
    )
    expect(visit?.department).to.equal('Eye')
    expect(patient?.phones).to.have.length(2)
  })

  it('collects a list of bindings in a field that repeats, and tries one after the other in another', async () => {
    const { patient } = await read(
      'patient.otherIds: [{ from: A }, { from: B }]\npatient.birth: [{ from: Dob, as: date }, { from: Age, as: age }]',
      'A,B,Dob,Age',
      'a,b,,35',
    )
    expect(patient?.otherIds).to.have.length(2)
    expect(patient?.birth).to.deep.equal({ date: '1991', estimated: true })
  })

  it('makes an item of each part of a cell, and none where a part is not there', async () => {
    const bind = `medication:
  each: { columns: 1..12 }
  drug: { from: Rx, as: [{ medicine: '{n}' }, coded] }
  dose: { from: Rx, as: [{ directions: '{n}' }, dose] }
  by: { from: Dr, as: person }
problem:
  each: { columns: 1..12 }
  code: { from: Dx, as: [{ listed: '{n}' }, { coded: icd10 }] }`
    const { medication, problem } = await read(bind, 'Rx,Dr,Dx', '"Tab PCM 650 TDS; ORS",Dr Rao,"O82, D64.9"')
    expect(medication?.map(({ drug }) => (drug as { text?: string }).text)).to.deep.equal(['Tab PCM 650', 'ORS'])
    expect(medication?.map(({ dose }) => dose)).to.have.nested.property('[0][0].text', 'TDS')
    expect(problem).to.have.length(2)
    expect((await read(bind, 'Rx,Dr,Dx', ',Dr Rao,')).medication).to.equal(undefined)
  })

  it('gives the default when nothing was found, and needs no more then', async () => {
    const { visit, state } = await read(
      'visit.department: { from: A, default: General, need: record }\nvisit.id: B',
      'A,B',
      ',v1',
    )
    expect(visit?.department).to.equal('General')
    expect(state).to.equal('mapped')
  })

  it('quarantines a record without what it needs, or with it unreadable', async () => {
    const bind = 'visit.followUp: { from: A, need: record }'
    expect((await read(bind, 'A,B', ',x')).issues).to.deep.equal(['VALUE_NEEDED error'])
    expect((await read(`${bind}\nvisit.id: B`, 'A,B', 'soon,x')).state).to.equal('quarantined')
    const name = await read('patient.name: { from: A, need: record }', 'A,B', ',x')
    expect(name.issues).to.deep.equal(['NAME_MISSING error'])
  })

  it('does with bad values what onBad says', async () => {
    const bind = (onBad: string) => `visit.followUp: { from: A${onBad} }\nvisit.id: B`
    const header = 'A,B'
    expect((await read(bind(''), header, '31/02/2026,v')).state).to.equal('quarantined')
    const warned = await read(bind(', onBad: warn'), header, '31/02/2026,v')
    expect([warned.state, warned.visit?.followUp, warned.issues]).to.deep.equal([
      'mapped',
      undefined,
      ['DATE_IMPOSSIBLE warning'],
    ])
    const measure = (onBad: string) => `medication: { drug: B, strength: { from: A, as: quantity${onBad} } }`
    const kept = await read(measure(', onBad: keep'), header, 'strong,PCM')
    expect(kept.medication?.[0]).to.deep.include({ strength: { text: 'strong' } })
    expect(kept.state).to.equal('mapped')
    expect((await read(measure(', onBad: quarantine'), header, 'strong,PCM')).state).to.equal('quarantined')
  })

  it('asks when: for a word, one of several, filled, blank; all must hold', async () => {
    const bind =
      'visit.department: { from: A, when: { B: [ipd, day care], C: filled, D: blank } }\nvisit.id: A\nvisit.ward: { from: A, when: { B: OPD } }'
    const of = async (row: string) => (await read(bind, 'A,B,C,D', row)).visit
    expect((await of('Eye,IPD,x,'))?.department).to.equal('Eye')
    expect((await of('Eye,Day  Care,x,'))?.department).to.equal('Eye')
    expect((await of('Eye,OPD,x,'))?.department).to.equal(undefined)
    expect((await of('Eye,IPD,,'))?.department).to.equal(undefined)
    expect((await of('Eye,IPD,x,y'))?.department).to.equal(undefined)
    expect((await of('Eye,opd,,'))?.ward).to.equal('Eye')
  })

  it('asks when: of a group as a whole', async () => {
    const bind = 'problem: { when: { B: D }, code: A }\nallergy: { when: { B: A }, code: A }'
    const found = await read(bind, 'A,B', 'Dust,A')
    expect([found.problem, found.allergy?.length]).to.deep.equal([undefined, 1])
  })

  it('repeats columns, until the first that is blank', async () => {
    const bind = 'medication:\n  each: { columns: 1..3, stopIfBlank: "D{n}" }\n  drug: "D{n}"\n  notes: "N{n}"'
    const { medication } = await read(bind, 'D1,N1,D2,N2,D3,N3', 'A,x,,y,C,z')
    expect(medication?.map(({ notes }) => notes)).to.deep.equal(['x'])
  })

  it('leaves out a repetition in which nothing of its own is filled, and asks nothing of it', async () => {
    const bind =
      'medication:\n  each: { columns: [1, 2] }\n  drug: { from: "D{n}", need: record }\n  intent: { const: order }\n  start: Date'
    const { medication, state } = await read(bind, 'D1,D2,Date', 'PCM,,22/11/2026')
    expect(medication).to.have.length(1)
    expect(medication?.[0]).to.deep.include({ intent: 'order', start: '2026-11-22' })
    expect(state).to.equal('mapped')
  })

  it('repeats rows of words, in paths, constants and options', async () => {
    const bind =
      'result:\n  each: { rows: [{ col: Hb, code: 718-7, u: g/dL }, { col: TLC, code: 6690-2, u: "10*3/uL" }] }\n' +
      '  code: { const: "{code}", as: { coded: loinc } }\n  value: { from: "{col}", as: { measure: { unit: "{u}" } } }'
    const { result } = await read(bind, 'Hb,TLC', '12.5,')
    expect(result).to.have.length(1)
    expect(result?.[0]?.code).to.deep.equal({ codings: [{ system: 'http://loinc.org', code: '718-7' }] })
    expect(result?.[0]?.value).to.deep.include({ number: '12.5', unit: 'g/dL' })
  })

  it('takes a list of groups: their parts one after the other', async () => {
    const bind = 'problem: [{ code: A, verification: { const: provisional } }, { code: B }]'
    const { problem } = await read(bind, 'A,B', 'Fever,Malaria')
    expect(problem?.map(({ verification }) => verification)).to.deep.equal(['provisional', undefined])
  })

  it('makes no group of constants alone, nor a problem without its name', async () => {
    const bind = 'visit.class: { const: outpatient }\nproblem: { code: A, onset: B, status: { const: active } }'
    const found = await read(bind, 'A,B', ',22/11/2026')
    expect([found.visit, found.problem]).to.deep.equal([undefined, undefined])
  })

  it('asks code lists: of the file, of codes/, of the work-list', async () => {
    const codes = { drugs: 'local_code,local_display,target\nPCM,Paracetamol,drug|pcm\nCPM,,drug|a\nCPM,,drug|b\n' }
    const body = csvClinic(
      'bind:\n  patient.localId: Id\n  visit.class: { from: T, as: { code: kind } }\n  medication: { drug: { from: D, as: { code: drug } } }\n' +
        'codes: { kind: { "भर्ती": inpatient }, drug: drugs.csv }\n',
    )
    const library = libraryWith(body, {}, codes)
    const extra = (list: string, word: string) =>
      list === 'drug' && word === 'AZ' ? { codings: [{ system: 'http://x', code: 'az' }] } : undefined
    const mapping = compile(library.effective('clinic'), extra)
    const [a, b, c, d] = await mapAll(mapping, 'Id,T,D\n1,भर्ती,pcm\n2,भर्ती,AZ\n3,भर्ती,ZZ\n4,भर्ती,CPM\n')
    expect(a?.canonical?.visit?.class).to.equal('inpatient')
    const codings = (record: typeof a) => {
      const drug = record?.canonical?.medication?.[0]?.drug
      return typeof drug === 'object' ? drug.codings.map(({ code }) => code) : []
    }
    expect(codings(a)).to.deep.equal(['pcm'])
    expect(codings(b)).to.deep.equal(['az'])
    expect(c?.unmapped).to.deep.equal([{ list: 'drug', code: 'ZZ' }])
    expect([c?.state, d?.state]).to.deep.equal(['mapped', 'quarantined'])
    expect(d?.issues.map(({ code }) => code)).to.include('CODE_AMBIGUOUS')
  })

  it('takes the target with the lowest priority where a code has two', async () => {
    const codes = { drugs: 'local_code,local_display,target,priority\nCPM,,drug|a,2\nCPM,,drug|b,1\n' }
    const body = csvClinic('bind: { patient.localId: Id, medication: { drug: { from: D, as: { code: drugs } } } }\n')
    const [record] = await mapAll(compiled(body, {}, codes), 'Id,D\n1,CPM\n')
    const drug = record?.canonical?.medication?.[0]?.drug
    expect(drug).to.deep.include({
      codings: [{ system: 'https://parchi.example/fhir/CodeSystem/opd-drugs', code: 'b' }],
    })
  })
})

describe('mappers/spec: records', () => {
  const body = 'record: { key: [Id, Date], at: Changed }\nbind: { patient.localId: Id, visit.at: Date }\n'

  it('have a key of their paths, the time of their version, and the lane of their patient', async () => {
    const record = await mapRow(body, 'Id,Date,Changed', 'a|b,22/11/2026,22/11/2026 10:00')
    expect(record.key).to.equal('a||b|22/11/2026')
    expect(record.at).to.equal('2026-11-22T10:00:00+05:30')
    expect(record.lane).to.match(/^Patient\//)
  })

  it('are quarantined when nothing of their key is filled', async () => {
    const record = await mapRow(body, 'Id,Date,Changed', ',,x')
    expect(record).to.deep.include({ state: 'quarantined', key: '' })
    expect(record.issues[0]).to.deep.include({ code: 'VALUE_NEEDED', column: 'record.key' })
  })

  it('have a fingerprint that line ends and encodings do not change, and a changed letter does', async () => {
    const mapping = compiled(csvClinic(body))
    const text = 'Id,Date,Changed\n1,22/11/2026,"राम\nx"\n'
    const prints = async (bytes: Uint8Array) => {
      const all = []
      for await (const batch of mapping.map([bytes], { receivedAt: new Date() }).records) all.push(...batch)
      return all.map(({ fingerprint }) => fingerprint)
    }
    const [usual] = await prints(Buffer.from(text))
    expect(await prints(Buffer.from(text.replaceAll('\n', '\r\n')))).to.deep.equal([usual])
    expect(await prints(Buffer.from(`\uFEFF${text}`, 'utf16le'))).to.deep.equal([usual])
    expect(await prints(Buffer.from(text.replace('राम', 'रमा')))).not.to.deep.equal([usual])
  })

  it('are told apart by number and line, and keep their raw text', async () => {
    const records = await mapAll(compiled(csvClinic(body)), 'Id,Date,Changed\n1,22/11/2026,"a\nb"\n2,22/11/2026,\n')
    expect(records.map(({ number, line }) => [number, line])).to.deep.equal([
      [1, 2],
      [2, 4],
    ])
    expect(records[1]?.raw()).to.equal('2,22/11/2026,')
  })

  it('route by their kind: groups, constants, patterns, kinds to ignore, none', async () => {
    const mapping = compiled(
      'facility: clinic\norganization: { hfr: IN1 }\nsource: { kind: hl7v2 }\nrecord: { key: MSH-10 }\n' +
        "routes:\n  'ADT^A01': { groups: [patient, visit], set: { visit.status: in-progress } }\n" +
        "  'ADT^A1*': { groups: [patient], set: { event.action: cancel } }\n  'QRY*': { ignore: true }\n" +
        'bind:\n  patient.localId: PID-3.1\n  patient.mother: PID-6\n  visit.id: PV1-19\n  problem: { each: { segment: DG1 }, code: DG1-3.2 }\n',
    )
    const message = (kind: string) =>
      `MSH|^~\\&|HIS|K|||20261122||${kind}|${kind}|P|2.5\rPID|1||77||Devi^Geeta|""\rPV1|1|O|||||||||||||||||V1\rDG1|1||^Fever\r`
    const [a01, a11, qry, oru] = await mapAll(
      mapping,
      ['ADT^A01', 'ADT^A11', 'QRY^A19', 'ORU^R01'].map(message).join(''),
    )
    expect(a01?.canonical?.visit).to.deep.include({ status: 'in-progress' })
    expect(a01?.canonical?.problem).to.equal(undefined)
    expect(typeof a01?.canonical?.patient?.mother).to.equal('symbol')
    expect(a11?.canonical?.event?.action).to.equal('cancel')
    expect(a11?.canonical?.visit).to.equal(undefined)
    expect(qry).to.deep.include({ state: 'ignored', rule: 'routes: QRY*' })
    expect(oru?.issues.map(({ code }) => code)).to.deep.equal(['ROUTE_NONE'])
  })
})
