import { markup } from './html.ts'
import { button, faultOf, form, stay, type Page } from './page.ts'

export const error: Page<'error'> = {
  show(view) {
    const { texts, ask } = view
    const body = markup`${faultOf(view)}<p>${texts.errors.door(ask.client)}</p>${form(view, 'error', button(texts.others, 'plain', 'back'))}`
    return { title: texts.errors.title, body }
  },

  take: async (view) => stay(view.texts.errors.csrf),
}
