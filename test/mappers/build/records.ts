import type { Resource } from '@medplum/fhirtypes'
import { build, type Built, type BuildContext } from '../../../mappers/build/build.ts'
import type { Canonical } from '../../../mappers/canonical.ts'

export const context: BuildContext = {
  facility: { slug: 'kharun-clinic-telibandha', organization: 'IN2297001009', name: 'Kharun Clinic, Telibandha' },
  receivedAt: new Date('2026-11-22T06:00:00Z'),
  zone: 'Asia/Kolkata',
  key: 'row-1',
}

/** A row of an outpatient register. */
export function row(): Canonical {
  return {
    patient: {
      localId: { value: 'U-1' },
      name: { text: 'Smt. Geeta Devi', prefix: 'Smt.', given: ['Geeta'], family: 'Devi' },
      sex: 'female',
      birth: { date: '1990', estimated: true },
      phones: [{ value: '+919827112345', system: 'phone', use: 'mobile' }],
    },
    visit: { at: '2026-11-22T10:00:00+05:30', class: 'OPD', status: 'finished' },
    medication: [
      { drug: { text: 'Tab. Paracetamol', codings: [] }, dose: [{ text: '1-0-1', timesPerDay: 2 }] },
      { drug: { text: 'ORS', codings: [] } },
    ],
  }
}

export function made(record: Canonical, about: Partial<BuildContext> = {}): Built {
  return build(record, { ...context, ...about })
}

export function only<T extends Resource['resourceType']>(
  built: Built,
  type: T,
): Extract<Resource, { resourceType: T }> & { id: string } {
  const found = built.resources.filter(({ resource }) => resource.resourceType === type)
  if (found.length !== 1) throw new Error(`There are ${found.length} ${type}.`)
  return found[0]?.resource as Extract<Resource, { resourceType: T }> & { id: string }
}

export function all<T extends Resource['resourceType']>(
  built: Built,
  type: T,
): (Extract<Resource, { resourceType: T }> & { id: string })[] {
  return built.resources.flatMap(({ resource }) =>
    resource.resourceType === type
      ? [resource as unknown as Extract<Resource, { resourceType: T }> & { id: string }]
      : [],
  )
}
