import { create } from './interactions/create.ts'
import { conditionalDelete, remove } from './interactions/delete.ts'
import { history } from './interactions/history.ts'
import { conditionalPatch, patch } from './interactions/patch.ts'
import { read, vread } from './interactions/read.ts'
import type { Route } from './interactions/route.ts'
import { search } from './interactions/search.ts'
import { bundle } from './interactions/transaction/system.ts'
import { conditionalUpdate, update } from './interactions/update.ts'
import { readAudit, searchAudit } from './operations/audit.ts'
import { breakGlass, breakGlassFor } from './operations/break-glass.ts'
import { judgeBroken, reviewBroken } from './operations/break-glass-review.ts'
import { conformance } from './operations/conformance.ts'
import { document, documentOfId } from './operations/document.ts'
import { find } from './operations/find.ts'
import { link } from './operations/link.ts'
import { match } from './operations/match.ts'
import { register } from './operations/register.ts'
import { review } from './operations/review.ts'
import { unlink } from './operations/unlink.ts'
import { expand } from './operations/expand.ts'
import { everything, everythingOfAll } from './operations/everything.ts'
import { lookup } from './operations/lookup.ts'
import { meta, metaAdd, metaDelete } from './operations/meta.ts'
import { metadata } from './operations/metadata.ts'
import { openapi } from './operations/openapi.ts'
import { subsumes } from './operations/subsumes.ts'
import { translate } from './operations/translate.ts'
import { validateCodeIn } from './operations/validate-code-in.ts'
import { validateCode } from './operations/validate-code.ts'
import { validate } from './operations/validate.ts'
import { versions } from './operations/versions.ts'

/**
 * Everything the server answers, and what the CapabilityStatement and OpenAPI say. Literal segments stand above
 * `[type]`. To add an operation: one file in operations, one row here, its url in operations/metadata.ts.
 */
export const routes: readonly Route[] = [
  row('capabilities', 'system', 'GET metadata', metadata),
  row('openapi', 'system', 'GET openapi.json', openapi),
  row('$versions', 'system', 'GET $versions', versions),
  row('$versions', 'system', 'POST $versions', versions),

  row('$everything', 'type', 'GET Patient/$everything', everythingOfAll),
  row('$everything', 'type', 'POST Patient/$everything', everythingOfAll),
  row('$everything', 'instance', 'GET Patient/[id]/$everything', everything),
  row('$everything', 'instance', 'POST Patient/[id]/$everything', everything),
  row('$match', 'type', 'POST Patient/$match', match),
  row('$find', 'type', 'GET Patient/$find', find),
  row('$find', 'type', 'POST Patient/$find', find),
  row('$link', 'type', 'POST Patient/$link', link),
  row('$unlink', 'type', 'POST Patient/$unlink', unlink),
  row('$review', 'type', 'GET Patient/$review', review),
  row('$break-glass', 'type', 'POST Patient/$break-glass', breakGlassFor),
  row('$break-glass', 'instance', 'POST Patient/[id]/$break-glass', breakGlass),
  row('$break-glass-review', 'system', 'GET $break-glass-review', reviewBroken),
  row('$break-glass-review', 'system', 'POST $break-glass-review', judgeBroken),
  row('$document', 'type', 'GET Composition/$document', documentOfId),
  row('$document', 'type', 'POST Composition/$document', documentOfId),
  row('$document', 'instance', 'GET Composition/[id]/$document', document),
  row('$document', 'instance', 'POST Composition/[id]/$document', document),
  row('$lookup', 'type', 'GET CodeSystem/$lookup', lookup),
  row('$lookup', 'type', 'POST CodeSystem/$lookup', lookup),
  row('$subsumes', 'type', 'GET CodeSystem/$subsumes', subsumes),
  row('$subsumes', 'type', 'POST CodeSystem/$subsumes', subsumes),
  row('$subsumes', 'instance', 'GET CodeSystem/[id]/$subsumes', subsumes),
  row('$subsumes', 'instance', 'POST CodeSystem/[id]/$subsumes', subsumes),
  row('$validate-code', 'type', 'GET CodeSystem/$validate-code', validateCode),
  row('$validate-code', 'type', 'POST CodeSystem/$validate-code', validateCode),
  row('$validate-code', 'instance', 'GET CodeSystem/[id]/$validate-code', validateCode),
  row('$validate-code', 'instance', 'POST CodeSystem/[id]/$validate-code', validateCode),
  row('$validate-code', 'type', 'GET ValueSet/$validate-code', validateCodeIn),
  row('$validate-code', 'type', 'POST ValueSet/$validate-code', validateCodeIn),
  row('$validate-code', 'instance', 'GET ValueSet/[id]/$validate-code', validateCodeIn),
  row('$validate-code', 'instance', 'POST ValueSet/[id]/$validate-code', validateCodeIn),
  row('$expand', 'type', 'GET ValueSet/$expand', expand),
  row('$expand', 'type', 'POST ValueSet/$expand', expand),
  row('$expand', 'instance', 'GET ValueSet/[id]/$expand', expand),
  row('$expand', 'instance', 'POST ValueSet/[id]/$expand', expand),
  row('$translate', 'type', 'GET ConceptMap/$translate', translate),
  row('$translate', 'type', 'POST ConceptMap/$translate', translate),
  row('$translate', 'instance', 'GET ConceptMap/[id]/$translate', translate),
  row('$translate', 'instance', 'POST ConceptMap/[id]/$translate', translate),
  row('$validate', 'type', 'POST [type]/$validate', validate),
  row('$validate', 'instance', 'GET [type]/[id]/$validate', validate),
  row('$validate', 'instance', 'POST [type]/[id]/$validate', validate),
  row('$conformance', 'system', 'GET $conformance', conformance),
  row('$conformance', 'instance', 'GET Organization/[id]/$conformance', conformance),
  row('$meta', 'instance', 'GET [type]/[id]/$meta', meta),
  row('$meta-add', 'instance', 'POST [type]/[id]/$meta-add', metaAdd),
  row('$meta-delete', 'instance', 'POST [type]/[id]/$meta-delete', metaDelete),

  row('search-type', 'type', 'GET AuditEvent', searchAudit),
  row('search-type', 'type', 'POST AuditEvent/_search', searchAudit),
  row('search-compartment', 'type', 'GET [compartment]/[id]/AuditEvent', searchAudit),
  row('search-compartment', 'type', 'POST [compartment]/[id]/AuditEvent/_search', searchAudit),
  row('read', 'instance', 'GET AuditEvent/[id]', readAudit),

  row('search-type', 'type', 'GET [type]', search),
  row('search-type', 'type', 'POST [type]/_search', search),
  row('search-system', 'system', 'GET ', search),
  row('search-system', 'system', 'POST _search', search),

  row('search-compartment', 'type', 'GET [compartment]/[id]/[type]', search),
  row('search-compartment', 'type', 'POST [compartment]/[id]/[type]/_search', search),
  row('search-compartment', 'system', 'GET [compartment]/[id]/*', search),

  row('history-instance', 'instance', 'GET [type]/[id]/_history', history),
  row('history-type', 'type', 'GET [type]/_history', history),
  row('history-system', 'system', 'GET _history', history),

  row('transaction', 'system', 'POST ', bundle),
  row('batch', 'system', 'POST ', bundle),

  row('create', 'type', 'POST Patient', register),
  row('create', 'type', 'POST [type]', create),
  row('read', 'instance', 'GET [type]/[id]', read),
  row('vread', 'instance', 'GET [type]/[id]/_history/[vid]', vread),
  row('update', 'instance', 'PUT [type]/[id]', update),
  row('update', 'type', 'PUT [type]', conditionalUpdate),
  row('patch', 'instance', 'PATCH [type]/[id]', patch),
  row('patch', 'type', 'PATCH [type]', conditionalPatch),
  row('delete', 'instance', 'DELETE [type]/[id]', remove),
  row('delete', 'type', 'DELETE [type]', conditionalDelete),
]

/** `'GET Patient/[id]/$everything'`: the method, and the path as Route describes it. */
function row(code: string, level: Route['level'], address: string, handler: Route['handler']): Route {
  const space = address.indexOf(' ')
  return { code, level, method: address.slice(0, space) as Route['method'], path: address.slice(space + 1), handler }
}
