/** A bundle entry's address, relative or below our own base, decoded; undefined when it is neither. */
export function readUrl(
  url: string,
  base: string,
): { path: readonly string[]; query: readonly (readonly [string, string])[] } | undefined {
  const relative = url.startsWith(`${base}/`) ? url.slice(base.length) : url
  if (/^[a-z][a-z0-9+.-]*:/i.test(relative)) return undefined
  const mark = relative.indexOf('?')
  const place = mark === -1 ? relative : relative.slice(0, mark)
  const path = place.split('/').filter((segment) => segment !== '')
  const query = mark === -1 ? [] : [...new URLSearchParams(relative.slice(mark + 1))]
  if (!path.some((segment) => segment.includes('%'))) return { path, query }
  try {
    return { path: path.map(decodeURIComponent), query }
  } catch {
    return undefined
  }
}
