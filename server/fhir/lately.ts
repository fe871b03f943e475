/**
 * `make`, with its answers kept for texts that come again and again (codes, dates, the patients of a record). A table of
 * fixed size, each text with one place in it where the last one stays: most texts of a register (numbers, names) come once,
 * and what remembers all of them for a while costs more than making it anew. `make` must always say the same of a text.
 */
export function lately<T>(make: (text: string) => T, size: Size = 1024): (text: string) => T {
  const texts: (string | undefined)[] = Array.from({ length: size }, () => undefined)
  const answers: (T | undefined)[] = Array.from({ length: size }, () => undefined)
  return (text) => {
    if (text.length > MAX_KEPT) return make(text)
    const at = placeOf(text) & (size - 1)
    if (texts[at] === text) return answers[at] as T
    const answer = make(text)
    texts[at] = text
    answers[at] = answer
    return answer
  }
}

type Size = 1024 | 4096 | 16_384

/** Long texts hardly come again. No word of the lexicon is longer (normalise.ts). */
export const MAX_KEPT = 210

/** From its length and some of its characters, mostly the last ones: codes, numbers and names of one kind differ there. */
export function placeOf(text: string): number {
  const { length } = text
  let place = Math.imul(length, 0x85ebca6b)
  for (let at = length - 1, least = Math.max(0, length - 6); at >= least; at--) {
    place = Math.imul(place ^ text.charCodeAt(at), 0x01000193)
  }
  place = Math.imul(place ^ text.charCodeAt(length >> 1), 0x01000193)
  place = Math.imul(place ^ text.charCodeAt(length >> 2), 0x01000193)
  return place ^ (place >>> 15)
}
