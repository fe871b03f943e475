import type { Parameter, ParameterType } from '../fhir/search/parameter.ts'

/** One sentence for the CapabilityStatement: which modifiers and prefixes a parameter takes. */
export function searchHelp({ type, targets }: Parameter): string {
  const points =
    type === 'reference' && targets.length > 0 && targets.length < 12 ? ` Points at ${targets.join(', ')}.` : ''
  const linked = type === 'reference' && targets.includes('Patient') ? ' With :mdm, of any record of that person.' : ''
  return help[type] + points + linked
}

const help: Record<ParameterType, string> = {
  string: 'Begins with, without case and accents. Modifiers: exact, contains, missing.',
  token:
    'code, system|code, |code or system|. Modifiers: not, text, in, not-in, above, below, of-type (identifiers), missing.',
  reference: 'Type/id, id or url; chains and _has. Modifiers: [type], identifier, above, below, missing.',
  date: 'Prefixes: eq, ne, gt, lt, ge, le, sa, eb, ap. Modifier: missing.',
  number: 'Prefixes: eq, ne, gt, lt, ge, le, sa, eb, ap. Modifier: missing.',
  quantity:
    'number, number|system|code or number||code. Prefixes: eq, ne, gt, lt, ge, le, sa, eb, ap. Modifier: missing.',
  uri: 'The whole uri. Modifiers: above, below, contains, missing.',
  composite: 'Values of its components, joined by $.',
  special: 'As the FHIR specification describes.',
}
