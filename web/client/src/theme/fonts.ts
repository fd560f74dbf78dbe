// The web font for machines without a Chinese font; loaded after the first paint, 0 bytes of it where a system font exists.

export function loadFallbackFont(): void {
  const load = () => void import('@fontsource-variable/noto-sans-sc/index.css')
  if ('requestIdleCallback' in window) window.requestIdleCallback(load, { timeout: 1500 })
  else setTimeout(load, 300)
}
