/** A JSON document whose decimals keep their digits (https://hl7.org/fhir/R4/datatypes.html#decimal). */
export interface Document<T = unknown> {
  value: T
  /** Numbers whose digits JavaScript would change (1.10, 1e2, 20 digits): where they stand, and their text. */
  exact: readonly { holder: object; key: string | number; text: string }[]
}
