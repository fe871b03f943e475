import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadDefinitions } from '../../../server/fhir/definitions/definitions.ts'
import { makeValidator } from '../../../server/fhir/validate/make.ts'

/** One for all tests of a run: kept between runs, as a server keeps it. */
export const definitions = loadDefinitions(join(tmpdir(), 'parchi-test-definitions'))
export const validator = makeValidator(definitions)
