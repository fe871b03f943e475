import { setTimeout as sleep } from 'node:timers/promises'
import type { Intake } from './intake.ts'

/**
 * Senders that wait for an acknowledgement come before records that wait in the queue: while messages pour in, processing
 * rests after each batch for twice as long as that took, and catches up when they cease. It never stops.
 */
export async function giveWay(intake: Intake, spent: number): Promise<void> {
  if (poursIn(intake)) await sleep(Math.min(2 * spent, LONGEST))
}

function poursIn(intake: Intake): boolean {
  const times = arrivals.get(intake)
  const earliest = times?.[0] ?? 0
  return times?.length === MANY && Date.now() - earliest < WITHIN
}

/** Somebody waits for this process: messages pour in, or records are being written. What can wait may give way (patients/pace.ts). */
export function isPressed(intake: Intake): boolean {
  return (working.get(intake) ?? 0) > 0 || poursIn(intake)
}

/** Counts work on the queue as long as it lasts. */
export async function pressing<T>(intake: Intake, work: () => Promise<T>): Promise<T> {
  working.set(intake, (working.get(intake) ?? 0) + 1)
  try {
    return await work()
  } finally {
    working.set(intake, (working.get(intake) ?? 1) - 1)
  }
}

const working = new WeakMap<Intake, number>()

/** Somebody waits for a message to be committed. */
export function arrives(intake: Intake): void {
  const times = arrivals.get(intake) ?? []
  arrivals.set(intake, times)
  times.push(Date.now())
  if (times.length > MANY) times.shift()
}

const arrivals = new WeakMap<Intake, number[]>()

/** So many messages within so many milliseconds are a stream. */
const MANY = 10
const WITHIN = 500
const LONGEST = 2000
