import { markup } from './html.ts'
import { faultOf, form, go, stay, type Page } from './page.ts'

/** Patient or staff, where an application is for both. */
export const door: Page<'door'> = {
  show(view) {
    const { texts, ask } = view
    const row = (name: string, text: string, small: string) =>
      markup`<li><button name="door" value="${name}">${text}<small>${small}</small></button></li>`
    const { patient, patientHint, staff, staffHint, title } = texts.door
    const body = markup`${faultOf(view)}<p>${texts.door.to(ask.client)}</p>
${form(view, 'door', markup`<ul class="choose">${row('patient', patient, patientHint)}${row('staff', staff, staffHint)}</ul>`)}`
    return { title, body }
  },

  take: async ({ texts }, _, given) => {
    const word = given.get('door')
    if (word === 'patient') return go({ page: 'mobile' })
    return word === 'staff' ? go({ page: 'password' }) : stay(texts.errors.csrf)
  },
}
