import { residentMegabytes } from './process.ts'

/** Looks at the server's resident memory ten times a second, from its first request to the end. */
export class MemoryWatch {
  peak = 0
  #timer: NodeJS.Timeout

  constructor(pid: () => number) {
    this.#timer = setInterval(() => {
      void residentMegabytes(pid()).then((now) => (this.peak = Math.max(this.peak, now)))
    }, 100)
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
