/** The server stops: the batch at hand is finished, nothing new is begun. */
export type Stopping = () => boolean

/** Thrown between two batches when the server stops: the job is given back, and goes on where it was. */
export class Stopped extends Error {}
