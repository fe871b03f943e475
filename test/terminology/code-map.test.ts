import { expect } from 'chai'
import { compileCodeMap } from '../../server/terminology/code-map.ts'
import { validator } from '../fhir/validate/definitions.ts'

const csv = [
  '# source: http://clinic.example.org/codes',
  'local_code,local_display,target',
  'HB,"Haemoglobin, ""quick""",loinc|718-7',
  'HB,,lab|hb',
  'TLC,Total count,http://loinc.org|6690-2',
  '',
  'MISC,Misc charges,',
].join('\r\n')

describe('a code map of a facility', () => {
  it('becomes a ConceptMap without a fault', () => {
    const map = compileCodeMap('clinic', csv)
    expect(validator.validate(map)).to.deep.equal([])
    expect(map.url).to.equal('urn:parchi:codes:clinic:map')
    const groups = (map.group ?? []).map(({ source, target, element }) => ({
      source,
      target,
      codes: element.map(
        ({ code, display, target: targets = [] }) =>
          `${code} ${display ?? ''} ${targets.map((one) => `${one.equivalence} ${one.code ?? ''}`).join()}`,
      ),
    }))
    const source = 'http://clinic.example.org/codes'
    expect(groups).to.deep.equal([
      {
        source,
        target: 'http://loinc.org',
        codes: ['HB Haemoglobin, "quick" equivalent 718-7', 'TLC Total count equivalent 6690-2'],
      },
      { source, target: 'https://parchi.example/fhir/CodeSystem/opd-lab-tests', codes: ['HB  equivalent hb'] },
      { source, target: undefined, codes: ['MISC Misc charges unmatched '] },
    ])
  })

  it('has a system of its own when the table names none', () => {
    const [group] = compileCodeMap('clinic', 'local_code,local_display,target\nA,B,loinc|1-1\n').group ?? []
    expect(group?.source).to.equal('urn:parchi:codes:clinic')
  })

  const faults: [string, string, RegExp][] = [
    ['another header', 'code,display,target\nA,B,loinc|1', /first line must be local_code,local_display,target/],
    [
      'a code that is missing',
      'local_code,local_display,target\n# a comment\nA,B,loinc|1\n,C,loinc|2',
      /line 4: the local code is missing/,
    ],
    [
      'a target without a system',
      'local_code,local_display,target\nA,B,718-7',
      /line 2: the target must be system\|code/,
    ],
    ['a system that is no url', 'local_code,local_display,target\nA,B,lonic|718-7', /line 2: .*loinc, snomed/],
    [
      'a comma without quotes',
      'local_code,local_display,target\nA,B,C,loinc|718-7',
      /line 2: there are more than three columns/,
    ],
  ]
  for (const [what, text, message] of faults) {
    it(`says where it finds ${what}`, () => expect(() => compileCodeMap('clinic', text)).to.throw(message))
  }
})
