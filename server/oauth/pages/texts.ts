import type { Language } from '../../people/sms/templates.ts'
import { en, type Texts } from './texts/en.ts'
import { hi } from './texts/hi.ts'

export type { Texts }

export function textsOf(language: Language): Texts {
  return language === 'hi' ? hi : en
}

/** The language that the browser likes best of the two; English when it likes neither (RFC 9110, 12.5.4). */
export function languageOf(acceptLanguage: string | undefined): Language {
  const liked = (acceptLanguage ?? '').split(',').map((part) => {
    const [range = '', ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/)
    const q = Number(/^q=([\d.]+)$/.exec(parameters[0] ?? '')?.[1] ?? 1)
    return { language: range.split('-')[0] ?? '', q: Number.isNaN(q) ? 0 : q }
  })
  const of = (language: string) => Math.max(0, ...liked.filter((one) => one.language === language).map(({ q }) => q))
  return of('hi') > of('en') ? 'hi' : 'en'
}
