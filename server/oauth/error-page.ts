import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider'

/** When a request is so wrong that its application cannot be told: a page for the person in between. */
export function errorPage(ctx: KoaContextWithOIDC, { error, error_description: why }: ErrorOut): void {
  ctx.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
  ctx.set('x-content-type-options', 'nosniff')
  ctx.set('cache-control', 'no-store')
  ctx.type = 'html'
  ctx.body = pageOf(`${error}${why === undefined ? '' : `: ${why}`}`)
}

export function pageOf(why: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parchi</title>
<style>body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 3rem auto; padding: 0 1rem }</style>
<h1>This did not work <span lang="hi">यह नहीं हो सका</span></h1>
<p>Go back to the application and start again. If it happens again, show this to whoever looks after it:</p>
<p lang="hi">ऐप पर वापस जाएँ और फिर से शुरू करें। फिर भी न हो, तो यह संदेश ऐप वालों को दिखाएँ:</p>
<pre>${escaped(why)}</pre>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
