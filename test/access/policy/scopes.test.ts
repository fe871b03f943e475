import { expect } from 'chai'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { grantsOf } from '../../../server/access/grants.ts'
import { ruleOf, rules } from '../../../server/access/interactions.ts'
import { patientsNamed } from '../../../server/access/named.ts'
import { parseScope, parseScopes, scopeText } from '../../../server/access/scopes.ts'
import type { Asked } from '../../../server/access/asked.ts'
import { rid } from '../../../server/fhir/keys.ts'
import { typeNumber } from '../../../server/fhir/types.ts'
import { findRoute } from '../../../server/interactions/route.ts'
import { knowledgeOf } from '../../../server/knowledge.ts'
import { routes } from '../../../server/routes.ts'

describe('scopes', () => {
  it('are read as SMART v2 and v1 write them, and written back', () => {
    const read: [string, ReturnType<typeof parseScope>][] = [
      ['patient/Observation.rs', { context: 'patient', type: 'Observation', verbs: 'rs' }],
      ['system/*.cruds', { context: 'system', type: '*', verbs: 'cruds' }],
      ['user/Patient.read', { context: 'user', type: 'Patient', verbs: 'rs' }],
      ['user/Patient.write', { context: 'user', type: 'Patient', verbs: 'cud' }],
      ['patient/*.*', { context: 'patient', type: '*', verbs: 'cruds' }],
      [
        'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory&status=final',
        {
          context: 'patient',
          type: 'Observation',
          verbs: 'rs',
          query: [
            ['category', 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory'],
            ['status', 'final'],
          ],
        },
      ],
    ]
    for (const [text, scope] of read) {
      expect(parseScope(text), text).to.deep.equal(scope)
      expect(scope && parseScope(scopeText(scope)), text).to.deep.equal(scope)
    }
  })

  it('are none when they are written otherwise', () => {
    const none = ['openid', 'launch/patient', 'offline_access', 'patient/Observation', 'patient/Observation.sr']
    none.push('patient/Observation.', 'patient/Wizard.rs', 'Patient/Observation.rs', 'patient/*.rs?category=x')
    none.push('patient/Observation.read?category=x', 'patient/Observation.rs?', 'patient/Observation.rs?category')
    none.push('patient/Observation.rs?category=%zz', 'patient/Observation.x', 'user/.rs', 'user/observation.rs')
    for (const text of none) expect(parseScope(text), text).to.equal(undefined)
    expect(parseScopes(`openid ${none.join(' ')}  user/Patient.r`)).to.deep.equal([
      { context: 'user', type: 'Patient', verbs: 'r' },
    ])
  })

  it('narrow by a search on one row, and grant nothing by one that cannot be judged so', () => {
    const { registry } = knowledgeOf(
      join(tmpdir(), 'parchi-test-definitions'),
      new URL('../../../profiles/', import.meta.url),
    )
    const grants = (text: string) => grantsOf(parseScopes(text), 's', registry)
    const [narrow, ...others] = grants('user/Observation.rs?category=laboratory')
    expect(others).to.deep.equal([])
    expect(narrow).to.deep.include({ types: [typeNumber('Observation')], bound: false })
    expect(narrow?.where).to.have.property('kind', 'tokens')
    expect(grants('user/Observation.rs user/Observation.rs?category=laboratory')).to.have.length(1)
    expect(grants('patient/Observation.rs user/Observation.rs?category=laboratory')).to.have.length(2)
    const beyond = [
      'nonsense=1',
      'patient.name=x',
      '_has:Provenance:target:agent=x',
      'code:in=http://vs',
      'code:text=x',
    ]
    beyond.push('_include=Observation:subject', '_count=1', 'date=never', '_list=x')
    for (const query of beyond) expect(grants(`user/Observation.rs?${query}`), query).to.deep.equal([])
  })
})

describe('the table of what may be asked', () => {
  it('has a rule for every row of the routes, and no rule for nothing', () => {
    const without = routes.filter((route) => !ruleOf(route)).map(({ code, level }) => `${code} ${level}`)
    expect(without).to.deep.equal([])
    const used = new Set(routes.flatMap(({ code, level }) => [code, `${code} ${level}`]))
    // batch shares the row of transaction
    expect([...rules.keys()].filter((key) => !used.has(key))).to.deep.equal([])
  })
})

describe('the Patients a search is about', () => {
  const named = (line: string): bigint[] | undefined => {
    const [path = '', query = ''] = line.split('?')
    const parts = path.split('/')
    const { route, target } = findRoute(routes, 'GET', parts)
    const request = { method: 'GET', path: parts, query: [...new URLSearchParams(query)] as [string, string][] }
    return patientsNamed({ code: route.code, level: route.level, request, target } satisfies Asked)
  }

  it('are told by compartment, parameter or id', () => {
    const p = [rid('Patient', 'p')]
    expect(named('Patient/p/$everything')).to.deep.equal(p)
    expect(named('Patient/p/Observation')).to.deep.equal(p)
    expect(named('Patient/p/*')).to.deep.equal(p)
    expect(named('Observation?patient=p&date=gt2020')).to.deep.equal(p)
    expect(named('Observation?subject=Patient/p&_count=5&_sort=-date')).to.deep.equal(p)
    expect(named('Observation?patient=p,Patient/q')).to.deep.equal([...p, rid('Patient', 'q')])
    expect(named('Patient?_id=p')).to.deep.equal(p)
  })

  it('are not, where others may be shown too', () => {
    const others = ['Observation', 'Observation?subject=p', 'Observation?patient=p&_include=Observation:focus']
    others.push(
      'Observation?patient=p&_revinclude=Provenance:target',
      'Observation?patient.name=x',
      'Observation?_id=p',
    )
    others.push('Observation?patient=p&performer:Patient.name=x', 'Observation?_page=x', 'Encounter/e/Observation')
    others.push('Observation?patient=p&_has:Provenance:target:agent=x', 'Observation?patient:identifier=p')
    others.push('Practitioner/p/Observation', 'Observation?subject=Group/g', 'Observation?patient:not=p')
    for (const line of others) expect(named(line), line).to.equal(undefined)
  })
})
