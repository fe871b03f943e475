import { expect } from 'chai'
import fc from 'fast-check'
import { compile } from '../../../mappers/compile.ts'
import { SpecFaults } from '../../../mappers/spec/faults.ts'
import { freeze } from '../../../mappers/spec/freeze.ts'
import { merge, settle } from '../../../mappers/spec/merge.ts'
import { parseFile } from '../../../mappers/spec/parse.ts'
import { shape } from '../../../mappers/spec/shape.ts'
import { plain, table, type Node, type Table } from '../../../mappers/spec/tree.ts'
import { libraryWith } from './library.ts'

/** What a facility comes to over its dialect. */
function merged(over: string, base: string): unknown {
  const head = 'facility: clinic\norganization: { hfr: IN1 }\nextends: base\n'
  const { root } = libraryWith(head + over, { base }).effective('clinic')
  return plain(root)
}

describe('mappers/spec: what a facility file says over its dialect', () => {
  it('wins key by key, and keeps what it does not speak of', () => {
    const found = merged(
      'source: { dates: month-first, headerAliases: { b: B } }\nbind: { patient.name: "Naam" }\n',
      'source: { kind: csv, dates: day-first, headerAliases: { a: A } }\nbind: { patient.name: { from: Name, need: record } }\n',
    ) as Record<string, object>
    expect(found['source']).to.deep.equal({ kind: 'csv', dates: 'month-first', headerAliases: { a: 'A', b: 'B' } })
    expect(found['bind']).to.deep.equal({ patient: { name: { from: 'Naam', need: 'record' } } })
  })

  it('takes the place of the whole with !replace, and removes with !drop', () => {
    const found = merged(
      'source: { headerAliases: !replace { b: B } }\nbind: { patient.sex: !drop , visit: !replace { id: V } }\n',
      'source: { kind: csv, headerAliases: { a: A } }\nbind: { patient.sex: Sex, patient.name: Name, visit.at: Date }\n',
    ) as Record<string, Record<string, object>>
    expect(found['source']?.['headerAliases']).to.deep.equal({ b: 'B' })
    expect(found['bind']).to.deep.equal({ patient: { name: { from: 'Name' } }, visit: { id: { from: 'V' } } })
  })

  it('ousts what cannot stand beside it: a constant a path, one function another, one way of repeating another', () => {
    const found = merged(
      'bind:\n  visit.class: { const: inpatient }\n  patient.birth: { as: birth }\n  medication: { each: { rows: [{ n: x }] } }\n',
      'source: { kind: csv }\nbind:\n  visit.class: { from: Type, as: upper, onBad: keep }\n' +
        '  patient.birth: { from: Age, as: { age-at: Date } }\n  medication: { each: { columns: 1..3 }, drug: "D{n}" }\n',
    ) as { bind: object }
    expect(found.bind).to.deep.equal({
      visit: { class: { const: 'inpatient' } },
      patient: { birth: { from: 'Age', as: 'birth' } },
      medication: { each: { rows: [{ n: 'x' }] }, drug: { from: 'D{n}' } },
    })
  })

  it('may stand on three files, not on more', () => {
    const dialects = {
      a: 'source: { kind: csv }\nbind: { patient.localId: Id }\n',
      b: 'extends: a\nbind: { patient.name: N }\n',
      c: 'extends: b\n',
    }
    const clinic = (on: string) => `facility: clinic\norganization: { hfr: IN1 }\nextends: ${on}\n`
    expect(libraryWith(clinic('b'), dialects).effective('clinic').slug).to.equal('clinic')
    expect(() => libraryWith(clinic('c'), dialects).effective('clinic')).to.throw(SpecFaults, 'No more than 3 files')
  })

  it('merges in whatever order it is merged: (a + b) + c = a + (b + c)', () => {
    fc.assert(
      fc.property(tables, tables, tables, (a, b, c) => {
        const left = settle(merge(merge(a, b), c))
        const right = settle(merge(a, merge(b, c)))
        expect(plain(left)).to.deep.equal(plain(right))
      }),
      { numRuns: 500 },
    )
  })

  it('means the same written flat or nested', () => {
    const flat = 'bind: { patient.name: N, report.result.code: C, visit.at: { from: D } }'
    const nested = 'bind: { patient: { name: { from: N } }, report: { result: { code: C } }, visit: { at: D } }'
    expect(shaped(flat)).to.deep.equal(shaped(nested))
  })
})

function shaped(text: string): unknown {
  return plain(shape(parseFile('x.yaml', text).root, []))
}

const at = { file: 'x.yaml', line: 1 }
const leaf: fc.Arbitrary<Node> = fc.oneof(
  fc.constantFrom('a', 'b').map((text): Node => ({ kind: 'text', text, at })),
  fc.constant<Node>({ kind: 'drop', at }),
  fc.boolean().map((replace): Node => ({ kind: 'list', items: [{ kind: 'text', text: 'l', at }], at, replace })),
)
const names = fc.constantFrom('bind', 'x', 'as', 'each', 'from', 'const', 'columns', 'rows')
const { tables } = fc.letrec<{ tables: Table; node: Node }>((tie) => ({
  node: fc.oneof({ depthSize: 'small' }, leaf, tie('tables')),
  tables: fc
    .tuple(fc.uniqueArray(fc.tuple(names, tie('node')), { maxLength: 4, selector: ([name]) => name }), fc.boolean())
    .map(([entries, replace]) =>
      table(
        at,
        entries.map(([name, node]) => [name, { at, node }] as const),
        replace,
      ),
    ),
}))

describe('mappers/spec: explain and freeze', () => {
  const base = 'source: { kind: csv }\nbind:\n  patient.name:\n    from: Name\n    need: record\n  patient.sex: Sex\n'
  const own = 'facility: clinic\norganization: { hfr: IN1 }\nextends: base\nbind:\n  patient.name: "नाम"\n'

  it('shows the effective file, each line with where it was written', () => {
    const lines = libraryWith(own, { base }).explain('clinic')
    const origin = (text: string) => {
      const line = lines.find((one) => one.text.trim() === text)
      return line && `${line.origin.file}:${line.origin.line}`
    }
    expect(origin('source: { kind: csv }')).to.equal('base.yaml:1')
    expect(origin('from: नाम')).to.equal('clinic.yaml:5')
    expect(origin('need: record')).to.equal('base.yaml:5')
    expect(origin('sex: { from: Sex }')).to.equal('base.yaml:6')
  })

  it('shows a file that means the same when it is read again', () => {
    const { root } = libraryWith(own, { base }).effective('clinic')
    const text = libraryWith(own, { base })
      .explain('clinic')
      .map((line) => line.text)
      .join('\n')
    expect(plain(parseFile('x.yaml', text).root)).to.deep.equal(plain(root))
  })

  it('freezes a file with its code lists, so that it runs the same without the library', () => {
    const codes = {
      drugs: 'local_code,local_display,target\nPCM,Paracetamol,drug|pcm\n',
      others: 'local_code,local_display,target\n',
    }
    const text = `${own}  medication: { drug: { from: D, as: { code: drugs } } }\n`
    const effective = libraryWith(text, { base }, codes).effective('clinic')
    const frozen = freeze(effective)
    expect(Object.keys((JSON.parse(frozen) as { lists: object }).lists)).to.deep.equal(['drugs'])
    expect(compile(frozen).fingerprint).to.equal(compile(effective).fingerprint)
    const changed = { ...codes, drugs: 'local_code,local_display,target\nPCM,Paracetamol,drug|other\n' }
    const other = compile(libraryWith(text, { base }, changed).effective('clinic'))
    expect(other.fingerprint).not.to.equal(compile(frozen).fingerprint)
  })

  it('gives one fingerprint to one meaning, however it is written', () => {
    const one = compile(libraryWith(own, { base }).effective('clinic')).fingerprint
    const commented = `# a comment\n${own.replace('patient.name: "नाम"', "patient: { name: { from: 'नाम' } }")}`
    expect(compile(libraryWith(commented, { base }).effective('clinic')).fingerprint).to.equal(one)
    expect(compile(libraryWith(own.replace('नाम', 'Naam'), { base }).effective('clinic')).fingerprint).not.to.equal(one)
  })

  it('refuses what was never frozen', () => {
    for (const text of [
      '',
      '{}',
      '[]',
      'null',
      '{"format":1,"slug":"x","root":{"at":["x",1],"text":"y"},"lists":{}}',
    ]) {
      expect(() => compile(text), text).to.throw('not a frozen file')
    }
  })
})
