export function fromKrutiDev(text: string): string {
  return text
}
