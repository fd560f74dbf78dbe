// A line through values as an SVG path that fills its box.

export function sparkPath(values: readonly number[], width: number, height: number): string {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const span = high - low || 1
  const step = values.length > 1 ? width / (values.length - 1) : 0
  return values
    .map(
      (value, index) =>
        `${index ? 'L' : 'M'}${(index * step).toFixed(1)} ${(height - 4 - ((value - low) / span) * (height - 8)).toFixed(1)}`,
    )
    .join('')
}
