import type { Chart } from './chart.ts'
import { text } from './primitives.ts'

/** Where the doctor of the visit works, as far as the record tells the department. */
export function role(chart: Chart): void {
  const { visit } = chart.record
  const department = text(visit?.department)
  const doctor = chart.practitioner(visit?.doctor)
  if (!doctor || !department) return
  chart.add(
    {
      resourceType: 'PractitionerRole',
      id: chart.id('PractitionerRole', `${doctor.reference}\n${department.toLowerCase()}`),
      practitioner: doctor,
      organization: { reference: `Organization/${chart.facility}` },
      specialty: [{ text: department }],
    },
    'keep',
  )
}
