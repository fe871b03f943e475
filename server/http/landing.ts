import type { Request, Response } from 'express'

/** A plain page at `/`, until the portal takes its place. */
export function landing(_req: Request, res: Response): void {
  res.type('html').send(page)
}

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parchi</title>
<style>body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }</style>
<h1>Parchi <span lang="hi">पर्ची</span></h1>
<p>The shared health record of a city, as FHIR R4.</p>
<ul>
<li><a href="/fhir/metadata?_pretty=true">/fhir/metadata</a>: what this server can do</li>
<li><a href="/fhir/openapi.json">/fhir/openapi.json</a>: the same, for tools that read OpenAPI</li>
<li><a href="/fhir/Patient?_count=10&amp;_pretty=true">/fhir/Patient</a>: patients</li>
<li><a href="/readyz">/readyz</a>, <a href="/metrics">/metrics</a>: its health</li>
</ul>
</html>
`
