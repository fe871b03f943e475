/** What was measured with so many records there. */
export interface Point {
  readonly records: number
  readonly linkedPerSecond: number
  /** Milliseconds of a look-up. */
  readonly p50: number
  readonly p95: number
}

const [WIDTH, HEIGHT, LEFT, TOP, PLOT] = [640, 300, 60, 40, 200]

/** Two charts side by side over the number of records (logarithmic): milliseconds of a look-up, patients linked a second. */
export function plot(points: readonly Point[]): string {
  const looked = chart('look-up, ms (p95 dark, p50 light; bar 20)', 0, points, 20, [
    { of: ({ p95 }) => p95, colour: '#1f4e79' },
    { of: ({ p50 }) => p50, colour: '#9dc3e6' },
  ])
  const linked = chart('linked a second (bar 500)', WIDTH / 2, points, 500, [
    { of: ({ linkedPerSecond }) => linkedPerSecond, colour: '#1f4e79' },
  ])
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${looked}
${linked}
</svg>
`
}

interface Series {
  readonly of: (point: Point) => number
  readonly colour: string
}

function chart(title: string, from: number, points: readonly Point[], bar: number, series: readonly Series[]): string {
  const most = Math.max(bar, ...series.flatMap(({ of }) => points.map(of))) * 1.1
  const logs = points.map(({ records }) => Math.log10(records))
  const [first, span] = [Math.min(...logs), Math.max(...logs) - Math.min(...logs) || 1]
  const x = (records: number) => from + LEFT + ((Math.log10(records) - first) / span) * PLOT
  const y = (value: number) => TOP + PLOT * (1 - value / most)
  const lines = series.map(({ of, colour }) => {
    const path = points.map((point) => `${x(point.records).toFixed(1)},${y(of(point)).toFixed(1)}`).join(' ')
    const labels = points.map(
      (point) =>
        `<text x="${x(point.records).toFixed(1)}" y="${(y(of(point)) - 6).toFixed(1)}" text-anchor="middle">${short(of(point))}</text>`,
    )
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${labels.join('')}`
  })
  const ticks = points.map(
    ({ records }) =>
      `<text x="${x(records).toFixed(1)}" y="${TOP + PLOT + 18}" text-anchor="middle">${records.toLocaleString('en')}</text>`,
  )
  return `<text x="${from + LEFT}" y="20" font-weight="bold">${title}</text>
<path d="M${from + LEFT},${TOP} v${PLOT} h${PLOT}" fill="none" stroke="#888"/>
<path d="M${from + LEFT},${y(bar).toFixed(1)} h${PLOT}" stroke="#c00" stroke-dasharray="4 3"/>
${lines.join('\n')}
${ticks.join('')}
<text x="${from + LEFT + PLOT / 2}" y="${TOP + PLOT + 38}" text-anchor="middle">records</text>`
}

function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1)
}
