/** Whether a text tells a secret. Six digits stand by chance in a longer number, such as how long a request took. */
export function tells(text: string, secret: string): boolean {
  if (!/^\d{1,8}$/.test(secret)) return text.toLowerCase().includes(secret.toLowerCase())
  return new RegExp(`(?<![\\da-f.])${secret}(?![\\da-f])`, 'i').test(text)
}
