// F6 goes from panel to panel, Shift F6 back.
import type { KeyboardEvent } from 'react'

const CAN_FOCUS = 'button:not(:disabled), input:not(:disabled), [contenteditable="true"], a[href], [tabindex="0"]'

export function nextPanel(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'F6') return
  event.preventDefault()
  const panels = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-panel]')]
  const here = panels.findIndex((panel) => panel.contains(event.target as Node))
  const step = event.shiftKey ? -1 : 1
  for (let tried = 1; tried <= panels.length; tried += 1) {
    const panel = panels[(here + step * tried + panels.length * 2) % panels.length]
    const first = panel?.querySelector<HTMLElement>('[contenteditable="true"]') ?? panel?.querySelector<HTMLElement>(CAN_FOCUS)
    if (first) return first.focus()
  }
}
