// Keyboard shortcuts of a screen; silent while someone types or a dialog is open.
import { useEffect, useRef } from 'react'

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || isShown(target.closest('[role="dialog"]')))
  )
}

/** A dialog that has just been closed keeps the focus until the browser looks again. */
function isShown(dialog: Element | null): boolean {
  return dialog !== null && dialog.getClientRects().length > 0
}

export function useKeys(actions: Readonly<Record<string, () => void>>): void {
  const latest = useRef(actions)
  latest.current = actions
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.isComposing || event.altKey || event.metaKey) return
      const name = (event.ctrlKey ? 'ctrl+' : '') + event.key.toLowerCase()
      const action = latest.current[name]
      if (!action || (isTyping(event.target) && !event.ctrlKey)) return
      event.preventDefault()
      action()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
}
