/** What :in, :not-in, :above and :below need of terminology. */
export interface Expander {
  /** Codes of a value set by canonical url, `url|version` or `ValueSet/id`; undefined when it is unknown or cannot be expanded. */
  expand(valueSet: string): Promise<readonly Coding[] | undefined>
  /** The code itself and its ancestors (above) or descendants (below) in its code system; undefined when unknown. */
  hierarchy(direction: 'above' | 'below', system: string, code: string): Promise<readonly Coding[] | undefined>
}

export interface Coding {
  readonly system: string
  readonly code: string
}
