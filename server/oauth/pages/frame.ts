import { createHash } from 'node:crypto'
import { Html, markup } from './html.ts'
import type { Language } from '../../people/sms/templates.ts'
import { STYLE } from './style.ts'
import { textsOf } from './texts.ts'

export interface Frame {
  readonly language: Language
  readonly title: string
  /** Where the same page is in the other language; absent: it is in no other. */
  readonly other?: string
  readonly main: Html
  /** Something is wrong: the first that is read out says so. */
  readonly alarmed?: boolean
}

export function framed({ language, title, other, main, alarmed = false }: Frame): string {
  const { there, product } = textsOf(language)
  const page = markup`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${alarmed && '⚠ '}${title} · ${product}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header><span class="mark">${product}</span>${other !== undefined && markup`<a href="${other}" lang="${there.lang}" hreflang="${there.lang}">${there.name}</a>`}</header>
<main>
<h1>${title}</h1>
${main}
</main>
</body>
</html>
` // prettier-ignore
  return page.text
}

const styleHash = createHash('sha256').update(STYLE).digest('base64')

/**
 * No script at all, no frame, nothing from elsewhere. `redirect`: forms also lead there (form-action holds for the
 * redirects after a form, too).
 */
export function headersOf(redirect?: string): Record<string, string> {
  const target = redirect === undefined ? '' : sourceOf(redirect)
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'${target}; base-uri 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  }
}

/** An origin, or the scheme of a native app; nothing that could end the directive. */
function sourceOf(redirect: string): string {
  if (!URL.canParse(redirect)) return ''
  const { protocol, origin } = new URL(redirect)
  const source = protocol === 'http:' || protocol === 'https:' ? origin : protocol
  return /^[a-z][a-z0-9+.-]*:(\/\/[a-z0-9.:[\]-]+)?$/i.test(source) ? ` ${source}` : ''
}
