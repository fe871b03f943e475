import type { Bundle, OperationOutcome, Parameters, Patient, Resource } from '@medplum/fhirtypes'
import { ask, type Answer } from '../../http/ask.ts'
import { startServer, type TestServer } from '../../http/server.ts'
import { sql } from '../../../server/db/sql.ts'
import { typeNumber } from '../../../server/fhir/types.ts'
import { linkAll } from '../../../server/patients/follow.ts'

/** One woman at three facilities, her husband, her namesake in another town, two who may be one, and twins. */
export const people: readonly Patient[] = [
  {
    ...person('hospital', 'सुनीता साहू', 'female'),
    birthDate: '1984-03-12',
    telecom: [{ system: 'phone', value: '9826012345' }],
    address: [{ line: ['वार्ड 4'], city: 'रायपुर', postalCode: '492001' }],
    identifier: [{ system: 'https://hospital.example/mrn', value: 'RJ-2024/0012' }],
  },
  {
    ...person('clinic', 'Smt. Suneeta Sahoo', 'female'),
    birthDate: '1984-03-12',
    telecom: [{ system: 'phone', value: '+91 98260 12345' }],
    identifier: [{ system: 'https://healthid.ndhm.gov.in', value: '91-7253-1234-5678' }],
  },
  {
    ...person('lab', 'Sunita Sahu', 'female'),
    ...aged('1985'),
    telecom: [{ system: 'phone', value: '9826012345' }],
    managingOrganization: { reference: 'Organization/city-lab' },
  },
  {
    ...person('husband', 'Mohan Sahu', 'male'),
    birthDate: '1980-07-01',
    telecom: [{ system: 'phone', value: '9826012345' }],
  },
  {
    ...person('namesake', 'Sunita Sahu', 'female'),
    ...aged('1955'),
    telecom: [{ system: 'phone', value: '9000112233' }],
    address: [{ city: 'Bhilai', postalCode: '490001' }],
  },
  {
    ...person('kavita-1', 'Kavita Verma', 'female'),
    ...aged('1990'),
    telecom: [{ system: 'phone', value: '9111122223' }],
    address: [{ line: ['Ward 12'], city: 'Raipur', postalCode: '492004' }],
  },
  {
    ...person('kavita-2', 'कविता वर्मा', 'female'),
    ...aged('1992'),
    address: [{ line: ['Ward 12'], city: 'Raipur', postalCode: '492004' }],
  },
  {
    ...person('twin-1', 'Ram Patel', 'male'),
    birthDate: '2015-05-05',
    telecom: [{ system: 'phone', value: '9333344445' }],
  },
  {
    ...person('twin-2', 'Shyam Patel', 'male'),
    birthDate: '2015-05-05',
    telecom: [{ system: 'phone', value: '9333344445' }],
  },
]

function person(id: string, text: string, gender: 'male' | 'female'): Patient & { id: string } {
  return { resourceType: 'Patient', id, name: [{ text }], gender }
}

function aged(birthDate: string): object {
  return {
    birthDate,
    _birthDate: {
      extension: [{ url: 'https://parchi.example/fhir/StructureDefinition/estimated', valueBoolean: true }],
    },
  }
}

export interface City {
  readonly server: TestServer
  get(path: string): Promise<Answer>
  post(path: string, body: object, headers?: Record<string, string>): Promise<Answer>
  put(resource: Resource): Promise<Answer>
  /** Until all that was written is linked. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const fhir = { 'content-type': 'application/fhir+json' }

/** A server where these people are known, each with an observation of their record's own id. */
export async function openCity(list: readonly Patient[] = people): Promise<City> {
  const server = await startServer()
  const get = (path: string) => ask(server.origin, 'GET', `/fhir/${path}`)
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    ask(server.origin, 'POST', `/fhir/${path}`, { headers: { ...fhir, ...headers }, body: JSON.stringify(body) })
  const put = (resource: Resource) =>
    ask(server.origin, 'PUT', `/fhir/${resource.resourceType}/${resource.id}`, {
      headers: fhir,
      body: JSON.stringify(resource),
    })
  const settled = () => followed(server)
  await put({ resourceType: 'Organization', id: 'city-lab', name: 'City Lab' })
  for (const one of list) {
    const answer = await put(one)
    if (answer.status !== 201) throw new Error(answer.text)
    await put(observation(one.id ?? ''))
  }
  await settled()
  return { server, get, post, put, settled, stop: () => server.stop() }
}

/** A transaction that still runs, even in another database, keeps those after it from being followed for a moment. */
async function followed({ house }: TestServer): Promise<void> {
  for (let pending = 1; pending > 0;) {
    await linkAll(house)
    const [row] = await house.db.rows<{ pending: number }>(sql`
      select (
        (select count(*) from resource r where r.type = ${typeNumber('Patient')}
          and not exists (select from person p where p.rid = r.rid and p.version >= r.version)
          and not exists (select from person_golden g where g.rid = r.rid))
        + (select count(*) from person p where not exists (select from resource r where r.rid = p.rid))
      )::integer as pending`)
    pending = row?.pending ?? 0
    if (pending > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function observation(of: string): Resource {
  return {
    resourceType: 'Observation',
    id: `of-${of}`,
    meta: { source: `Organization/${of}` },
    status: 'final',
    code: { text: 'weight' },
    subject: { reference: `Patient/${of}` },
  }
}

/** Ids of a type in a Bundle. */
export function idsOf({ json }: Answer, type = 'Patient'): string[] {
  const { entry = [] } = json as Bundle
  return entry.flatMap(({ resource }) => (resource?.resourceType === type ? [resource.id ?? ''] : []))
}

/** The texts of a refusal. */
export function said({ json }: Answer): string {
  return ((json as OperationOutcome).issue ?? []).map(({ details }) => details?.text ?? '').join('; ')
}

/** References by the name of their group and part: `person` `member` → [[ids of one], [ids of the other]]. */
export function groupsOf({ json }: Answer, name: string, part: string): string[][] {
  const groups = ((json as Parameters).parameter ?? []).filter((one) => one.name === name)
  return groups.map((group) =>
    (group.part ?? []).flatMap((one) => (one.name === part ? [one.valueReference?.reference ?? ''] : [])),
  )
}

export function order(
  patients: readonly string[],
  more: Record<string, string | boolean> = { reason: 'seen together' },
): Parameters {
  return {
    resourceType: 'Parameters',
    parameter: [
      ...patients.map((reference) => ({ name: 'patient', valueReference: { reference } })),
      ...Object.entries(more).map(([name, value]) =>
        typeof value === 'boolean' ? { name, valueBoolean: value } : { name, valueString: value },
      ),
    ],
  }
}
