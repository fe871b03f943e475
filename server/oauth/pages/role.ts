import { afterLogin, accountOf } from './after.ts'
import { markup } from './html.ts'
import { button, choices, chosen, faultOf, form, go, stay, type Page } from './page.ts'

/** In which part somebody works today: one role at one facility at a time. */
export const role: Page<'role'> = {
  show(view, { parts }) {
    const { title, none, names } = view.texts.role
    const rows = parts.map((part) => ({ text: names[part.role], small: part.name ?? part.facility ?? '' }))
    const body = markup`${faultOf(view)}${parts.length === 0 && markup`<p>${none}</p>`}
${form(view, 'role', choices('part', rows), button(view.texts.others, 'quiet', 'back'))}`
    return { title, body }
  },

  async take(view, { id, parts }, given) {
    const part = chosen(given, 'part', parts)
    if (!part) return stay(view.texts.errors.csrf)
    return go(afterLogin(view.ask, await accountOf(view, id, part)))
  },
}
