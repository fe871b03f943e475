import { framed, headersOf } from './frame.ts'
import { markup } from './html.ts'
import { button } from './page.ts'
import { languageOf, textsOf } from './texts.ts'

interface Wishes {
  readonly lang: string | undefined
  readonly acceptLanguage: string | undefined
}

interface Sent {
  readonly headers: Record<string, string>
  readonly html: string
}

const ADDRESS = '/oauth/logout'

/** Whoever leaves a shared computer, patients and staff: without a session it is the same page. */
export function signOutPage(wishes: Wishes): Sent {
  const language = spoken(wishes)
  const { title, text, yes, account } = textsOf(language).signout
  const main = markup`<p>${text}</p><form method="post" action="${ADDRESS}">${button(yes)}</form><p><a class="open" href="/oauth/account">${account}</a></p>`
  const other = `${ADDRESS}?lang=${language === 'hi' ? 'en' : 'hi'}`
  return { headers: headersOf(), html: framed({ language, title, other, main }) }
}

export function signedOutPage(wishes: Wishes): Sent {
  const language = spoken(wishes)
  const { done, doneText } = textsOf(language).signout
  const other = `${ADDRESS}?done=1&lang=${language === 'hi' ? 'en' : 'hi'}`
  return { headers: headersOf(), html: framed({ language, title: done, other, main: markup`<p>${doneText}</p>` }) }
}

function spoken({ lang, acceptLanguage }: Wishes): 'hi' | 'en' {
  return lang === 'hi' || lang === 'en' ? lang : languageOf(acceptLanguage)
}
