import type { Bundle } from '@medplum/fhirtypes'
import { FhirError } from '../../errors.ts'
import type { Document } from '../../fhir/json.ts'
import { documentOf } from '../document.ts'
import type { Interaction } from '../house.ts'
import { receive } from '../documents/receive.ts'
import { batch } from './batch.ts'
import { transaction } from './transaction.ts'

/** POST [base]: a transaction or a batch (https://hl7.org/fhir/R4/http.html#transaction), and a document. */
export const bundle: Interaction = async (house, context, request) => {
  const document = documentOf(request, 'Bundle') as Document<Bundle>
  const { type } = document.value
  if (type === 'transaction') return transaction(house, context, request, document)
  if (type === 'batch') return batch(house, context, request, document)
  if (type === 'document') return receive(house, context, request, document)
  const hint = 'Send a transaction, a batch or a document here; another Bundle is stored at /Bundle.'
  throw new FhirError('invalid', [
    { message: 'The Bundle is neither a transaction, a batch nor a document', path: 'Bundle.type', hint },
  ])
}
