import { afterLogin } from './after.ts'
import { markup } from './html.ts'
import { button, choices, chosen, faultOf, form, go, stay, type Page } from './page.ts'
import { dayOf, detailsOf, nameOf } from './person.ts'

/** A mobile is a household's: who it is about is always chosen, also of one. */
export const family: Page<'family'> = {
  show(view, { people }) {
    const { texts, language } = view
    const today = dayOf(view.people.now())
    const rows = people.map((one) => ({ text: nameOf(one, language, texts), small: detailsOf(one, texts, today) }))
    const body = markup`${faultOf(view)}<p>${texts.family.hint}</p>
${form(view, 'family', choices('person', rows), button(texts.back, 'quiet', 'back'))}`
    return { title: texts.family.title, body }
  },

  async take(view, { people }, given) {
    const person = chosen(given, 'person', people)
    if (!person) return stay(view.texts.errors.csrf)
    return go(afterLogin(view.ask, { kind: 'patient', id: person.id }, person))
  },
}

/** Said only to who showed that the mobile is theirs. */
export const nobody: Page<'nobody'> = {
  show(view, { many }) {
    const { title, text, many: tooMany } = view.texts.nobody
    const body = markup`<p>${many ? tooMany : text}</p>${form(view, 'nobody', button(view.texts.back, 'plain', 'back'))}`
    return { title, body }
  },

  take: async (view) => stay(view.texts.errors.csrf),
}
