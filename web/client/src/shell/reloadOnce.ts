// After an update old chunks are gone: load the page again, once. Drafts are written as people type.

const MARK = 'plumbline.reloaded'

export function reloadOnceOnMissingChunk(): void {
  window.addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(MARK) ?? '0')
    if (Date.now() - last < 30_000) return
    event.preventDefault()
    sessionStorage.setItem(MARK, String(Date.now()))
    window.location.reload()
  })
}
