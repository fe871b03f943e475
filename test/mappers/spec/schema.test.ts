import { expect } from 'chai'
import { readFileSync, writeFileSync } from 'node:fs'
import { format } from 'prettier'
import { fileSchema } from '../../../mappers/spec/schema.ts'

const file = new URL('../../../mappers/spec/schema.json', import.meta.url)

describe('mappers/spec: schema.json', () => {
  it('is what files are checked by (UPDATE_SCHEMA=1 writes it)', async () => {
    const text = await format(JSON.stringify(fileSchema()), { parser: 'json', printWidth: 120 })
    if (process.env['UPDATE_SCHEMA']) writeFileSync(file, text)
    expect(readFileSync(file, 'utf8')).to.equal(text)
  })
})
