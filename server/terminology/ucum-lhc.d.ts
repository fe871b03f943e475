/** The part of the library that is used here; it ships no types. */
declare module '@lhncbc/ucum-lhc' {
  interface Validation {
    status: 'valid' | 'invalid' | 'error'
    /** Valid, but not as it is written: the code it stands for. */
    ucumCode: string | null
    suggestions?: { units: [code: string, name: string, guidance: string][] }[]
  }
  interface Utils {
    validateUnitString(unit: string, suggest?: boolean): Validation
  }
  const library: { UcumLhcUtils: { getInstance(): Utils } }
  export default library
}
