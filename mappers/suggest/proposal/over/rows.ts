import { says, type Fit } from '../../dialect/fit.ts'
import type { Tree } from '../../dialect/wanted.ts'
import { flow } from '../lines.ts'
import type { Entry } from './entries.ts'

/** A group over columns that are tests. */
interface Rows extends Tree {
  readonly each?: { readonly rows?: readonly Readonly<Record<string, string>>[] }
}

export function hasRows(group: readonly string[], bind: Tree): boolean {
  const nodes = [nodeAt(group, bind)].flat() as (Rows | undefined)[]
  return nodes.some((node) => node?.each?.rows !== undefined)
}

/** Columns that are tests, without those that this sample has not: a list wins whole, so all of it is written. */
export function withRows(group: readonly string[], bind: Tree, met: Fit['met']): Entry {
  const node = nodeAt(group, bind) as Rows | readonly Rows[]
  const value = isList(node) ? node.flatMap((one) => groupTexts(one, met)) : eachTexts(rowsOf(node, met))
  return { at: group, value, note: 'those that the sample has' }
}

function isList(node: Rows | readonly Rows[]): node is readonly Rows[] {
  return Array.isArray(node)
}

function nodeAt(path: readonly string[], bind: Tree): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Tree | undefined)?.[key], bind)
}

function rowsOf({ each }: Rows, met: Fit['met']): string[] {
  return (each?.rows ?? []).filter(({ col = '' }) => says(met, col)).map((row) => `- ${flow(row)}`)
}

function eachTexts(rows: readonly string[]): string[] {
  return ['each:', '  rows:', ...rows.map((text) => `    ${text}`)]
}

/** One of several groups, as an item of their list. */
function groupTexts(group: Rows, met: Fit['met']): string[] {
  const rows = rowsOf(group, met)
  if (rows.length === 0) return []
  const rest = Object.entries(group).filter(([key]) => key !== 'each')
  const texts = [...eachTexts(rows), ...rest.map(([key, inner]) => `${key}: ${flow(inner)}`)]
  return texts.map((text, at) => `${at === 0 ? '- ' : '  '}${text}`)
}
