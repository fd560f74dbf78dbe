// Light, dark or as the system; kept on this device and put on <html data-theme>.
import { useSyncExternalStore } from 'react'

export type ThemeChoice = 'light' | 'dark' | 'system'
const STORE = 'plumbline.theme'
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()
let choice: ThemeChoice = kept()

function kept(): ThemeChoice {
  try {
    const value = localStorage.getItem(STORE)
    if (value === 'light' || value === 'dark') return value
  } catch {
    // private mode
  }
  return 'system'
}

function isDark(): boolean {
  return choice === 'dark' || (choice === 'system' && prefersDark.matches)
}

function paint(): void {
  document.documentElement.dataset['theme'] = isDark() ? 'dark' : 'light'
  for (const listener of listeners) listener()
}

export function chooseTheme(next: ThemeChoice): void {
  choice = next
  try {
    if (next === 'system') localStorage.removeItem(STORE)
    else localStorage.setItem(STORE, next)
  } catch {
    // lasts for this page only
  }
  paint()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useIsDark(): boolean {
  return useSyncExternalStore(subscribe, isDark)
}

const prefersCalm = window.matchMedia('(prefers-reduced-motion: reduce)')

function subscribeToCalm(listener: () => void): () => void {
  prefersCalm.addEventListener('change', listener)
  return () => prefersCalm.removeEventListener('change', listener)
}

/** Whether the reader asked for no motion; Ant Design must know, or its pop-ups wait for animations that never end. */
export function useIsCalm(): boolean {
  return useSyncExternalStore(subscribeToCalm, () => prefersCalm.matches)
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => choice)
}

prefersDark.addEventListener('change', paint)
paint()
