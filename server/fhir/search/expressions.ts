/** The operands of the unions an expression consists of: `A.b | (C.d as e)` → two. */
export function operandsOf(expression: string): string[] {
  const operands: string[] = []
  let depth = 0
  let quote = ''
  let start = 0
  for (let i = 0; i < expression.length; i++) {
    const char = expression.charAt(i)
    if (quote) {
      if (char === '\\') i++
      else if (char === quote) quote = ''
    } else if (char === "'" || char === '`') quote = char
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === '|' && depth === 0) {
      operands.push(expression.slice(start, i).trim())
      start = i + 1
    }
  }
  return [...operands, expression.slice(start).trim()]
}

/** The operands that speak of the type: `Patient.name | Person.name` for Patient is `Patient.name`. */
export function narrow(expression: string, base: string): string {
  return operandsOf(expression)
    .filter((operand) => {
      const root = /^\(*\s*([A-Z]\w*)/.exec(operand)?.[1]
      return root === undefined || root === base || root === 'Resource' || root === 'DomainResource'
    })
    .join(' | ')
}
