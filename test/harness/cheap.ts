/** Cheap hashes of passwords, so that tests of anything but their cost are fast. */
export const CHEAP = { ln: 10, r: 8, p: 1 } as const
