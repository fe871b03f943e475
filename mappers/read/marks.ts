/** Characters that show nothing and only direct how others are shown: copied along from chats and web pages. */
const UNSEEN = /[\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g
const MAYBE = /="|[,;|\t\n"]'|[\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/

/** Cheap test of a large piece: without such a pair no cell in it has a mark. */
export function maybeMarked(text: string): boolean {
  return MAYBE.test(text)
}

/**
 * A cell without what a spreadsheet's user put around it to keep its digits, `="00123"` and `'00123`, and without what is
 * not seen. The joiners of Indian scripts stay: they are part of the spelling.
 */
export function unmarked(cell: string): string {
  const seen = cell.replace(UNSEEN, '')
  return /^\s*="([^"]*)"\s*$/.exec(seen)?.[1] ?? /^\s*'([^'\d]*\d[^']*)$/.exec(seen)?.[1] ?? seen
}
