/** Why a row is sensitive: bits of `resource.labels`. They are stored, so a bit never changes its meaning. */
export const LABELS = {
  /** HIV and AIDS: tests, illness, medicines. */
  HIV: 1,
  /** Mental health and substance use. */
  PSY: 2,
  /** Sexual and reproductive health. */
  SEX: 4,
  /** Sexual assault, violence at home, abuse. */
  SDV: 8,
  /** The sender marks it restricted, or with a sensitivity that is none of these. */
  R: 16,
} as const

export type Label = keyof typeof LABELS

export const NO_LABELS = 0
export const ALL_LABELS = Object.values(LABELS).reduce((all, bit) => all | bit, 0)
