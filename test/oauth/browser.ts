/** As much of a browser as a login needs: cookies, redirects of our own, forms. No scripts. */
export interface Page {
  readonly status: number
  readonly url: string
  readonly html: string
  /** Where another site takes over: the redirect_uri with what it was given. */
  readonly left?: URL
}

interface Sent {
  readonly method?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

export class Browser {
  readonly #jar = new Map<string, { value: string; path: string }>()

  constructor(private readonly origin: string) {}

  /** Follows redirects while they stay here. */
  async open(url: string, init: Sent = {}): Promise<Page> {
    const { pathname, origin } = new URL(url)
    if (origin !== this.origin) return { status: 0, url, html: '', left: new URL(url) }
    const cookie = [...this.#jar]
      .filter(([, { path }]) => pathname.startsWith(path))
      .map(([name, { value }]) => `${name.split(' ')[0] ?? ''}=${value}`)
    const headers = { ...init.headers, cookie: cookie.join('; '), 'accept-language': 'en' }
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of answer.headers.getSetCookie()) this.#keep(line)
    const html = await answer.text()
    const to = answer.headers.get('location')
    if (to !== null && answer.status >= 300) return this.open(new URL(to, url).href)
    return { status: answer.status, url, html }
  }

  /** Sends the form of a page that has these fields; what is hidden or ticked goes with them. */
  async send(page: Page, fields: Record<string, string>, without: readonly string[] = []): Promise<Page> {
    const forms = [...page.html.matchAll(/<form method="post" action="([^"]+)">(.*?)<\/form>/gs)]
    const form = forms.find(([, , inside = '']) =>
      Object.keys(fields).every((name) => inside.includes(`name="${name}"`)),
    )
    if (!form)
      throw new Error(`this page has no form with ${Object.keys(fields).join(', ')}: ${page.html.slice(-1500)}`)
    const [, action = '', inside = ''] = form
    const body = new URLSearchParams()
    for (const [tag] of inside.matchAll(/<input[^>]*>/g)) {
      const [name, value] = [attribute(tag, 'name'), attribute(tag, 'value')]
      const kept = /type="hidden"/.test(tag) || (/type="checkbox"/.test(tag) && / checked/.test(tag))
      if (kept && name !== undefined && !without.includes(`${name}=${value ?? ''}`)) body.append(name, value ?? 'on')
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: this.origin }
    return this.open(new URL(action, page.url).href, { method: 'POST', body: body.toString(), headers })
  }

  cookie(name: string): string | undefined {
    return [...this.#jar].find(([key]) => key.startsWith(`${name} `))?.[1].value
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    const path = /; path=([^;]+)/i.exec(line)?.[1] ?? '/'
    const key = `${name} ${path}`
    if (/expires=Thu, 01 Jan 1970/i.test(line) || value === '') this.#jar.delete(key)
    else this.#jar.set(key, { value, path })
  }
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]?.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))).replace(/&quot;/g, '"').replace(/&amp;/g, '&') // prettier-ignore
}
