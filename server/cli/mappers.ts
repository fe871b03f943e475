import { fileURLToPath } from 'node:url'
import { readLibrary, type Library } from '../../mappers/library.ts'

/** Where facility files, dialects and code lists are. */
export const mappersFolder = fileURLToPath(new URL('../../mappers/', import.meta.url))
export const fixturesFolder = fileURLToPath(new URL('../../fixtures/facilities/', import.meta.url))

export function openLibrary(): Library {
  return readLibrary(mappersFolder)
}

/** By its name, or the path of its file. */
export function slugOf(word: string): string {
  return word.replace(/^.*[/\\]/, '').replace(/\.yaml$/, '')
}
