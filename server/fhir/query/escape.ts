/**
 * The separators of a search value and their escapes (https://hl7.org/fhir/R4/search.html#escaping):
 * `,` `|` `$` split unless a backslash stands before them.
 */
export function split(text: string, separator: ',' | '|' | '$'): string[] {
  if (!text.includes('\\')) return text.split(separator)
  const parts: string[] = []
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === separator) {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

/** `\,` `\|` `\$` `\\` → the character; a backslash before anything else stands for itself. */
export function unescape(text: string): string {
  return text.includes('\\') ? text.replace(/\\([,|$\\])/g, '$1') : text
}
