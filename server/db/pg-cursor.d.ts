declare module 'pg-cursor' {
  import type { Connection, CustomTypesConfig, Submittable } from 'pg'

  /** The part of pg-cursor that stream.ts uses; the package ships no types. */
  export default class Cursor<T> implements Submittable {
    constructor(text: string, values?: unknown[], config?: { types?: CustomTypesConfig })
    submit(connection: Connection): void
    read(rows: number): Promise<T[]>
    close(): Promise<void>
  }
}
