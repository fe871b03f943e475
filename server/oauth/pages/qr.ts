import encodeQR from 'qr'
import { markup, type Html } from './html.ts'

/**
 * A QR code, for the address that authenticator apps scan, with the margin of four modules that readers need (ISO/IEC 18004,
 * 9.1). It stands in the page as SVG, so that a secret is never fetched.
 */
export function qrCode(text: string): Html {
  const modules = encodeQR(text, 'raw', { ecc: 'low', encoding: 'byte', border: 4 })
  const size = modules.length
  const path = modules.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : [])))
  return markup`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="QR" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path.join('')}"/></svg>`
}
