import { createServer } from 'node:http'
import { whenGiven } from './bytes.ts'

whenGiven((pages) =>
  createServer((req, res) => {
    const body = pages.get(req.url ?? '') ?? Buffer.alloc(0)
    res
      .writeHead(200, { 'content-type': 'application/fhir+json; charset=utf-8', 'content-length': body.length })
      .end(body)
  }).listen(0, '127.0.0.1'),
)
