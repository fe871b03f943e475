import type { Issue } from '../../../errors.ts'

/**
 * Members that stand twice in one JSON object: JSON.parse takes the last without a word, and so what one sees is not what
 * is stored. Asked only of text that is known to be JSON.
 */
export function duplicateMembers(text: string): Issue[] {
  const issues: Issue[] = []
  const open: (Set<string> | undefined)[] = []
  const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g
  for (let match = TOKEN.exec(text); match && issues.length < 20; match = TOKEN.exec(text)) {
    const [token, colon] = match
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (colon !== undefined) {
      const names = open.at(-1)
      const name = token.slice(0, -colon.length)
      if (names?.has(name)) issues.push(twice(text, match.index))
      names?.add(name)
    }
  }
  return issues
}

function twice(text: string, at: number): Issue {
  const before = text.slice(0, at)
  const line = before.split('\n').length
  const column = at - before.lastIndexOf('\n')
  return {
    severity: 'error',
    code: 'structure',
    message: `A property stands twice in one object at line ${line}, column ${column}.`,
    hint: 'Keep one of them.',
  }
}
