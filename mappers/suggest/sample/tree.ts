import { lookAtJson } from './json.ts'
import type { Shape } from './sample.ts'
import { lookAtXml } from './xml.ts'

/** JSON and XML, and what is FHIR or C-CDA of them. */
export function lookAtTree(text: string, bytes: Uint8Array): Shape {
  return text.trimStart().startsWith('<') ? lookAtXml(text, bytes) : lookAtJson(text, bytes)
}
