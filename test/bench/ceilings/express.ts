import express from 'express'
import { whenGiven } from './bytes.ts'

/** A bare Express 5 route. Its own ETag is off: hashing each answer would only lower the ceiling. */
whenGiven((pages) => {
  const app = express()
  app.disable('etag')
  app.get('/fhir/:type/:id', (req, res) => {
    res.set('content-type', 'application/fhir+json; charset=utf-8').send(pages.get(req.path))
  })
  return app.listen(0, '127.0.0.1')
})
