// The few signs of the shell, drawn on a 20 px grid with one stroke width.
import type { ReactNode } from 'react'

const SHAPES: Record<string, ReactNode> = {
  work: <path d="M4 5h12M4 10h12M4 15h7M14 14l1.5 1.5L18 13" />,
  inbox: <path d="M3 11l2-7h10l2 7v5H3zM3 11h4l1 2h4l1-2h4" />,
  metrics: <path d="M3 17h14M5 14l3.5-4 3 2.5L16 6" />,
  records: <path d="M4 4h12v12H4zM4 8h12M9 8v8" />,
  rules: <path d="M5 4v12M5 6h7l3 2-3 2H5M9 14h6" />,
  packs: <path d="M10 3l6.5 3.5v7L10 17l-6.5-3.5v-7zM3.7 6.6L10 10l6.3-3.4M10 10v7" />,
  sources: (
    <path d="M4 5.5C4 4.1 6.7 3 10 3s6 1.1 6 2.5S13.3 8 10 8 4 6.9 4 5.5zM4 5.5v9C4 15.900 6.700 17 10 17s6-1.100 6-2.500v-9M4 10c0 1.400 2.700 2.500 6 2.500s6-1.100 6-2.500" />
  ),
  incidents: <path d="M2.500 10h3.500l2-5 4 10 2-5h3.500" />,
  formulas: <path d="M11.500 3.500c-2.500-.8-3.500.5-3.900 3l-1.200 7c-.4 2.300-1.300 3.300-3.400 2.700M4.500 8.500h6M11 11l5.500 5.500M16.500 11L11 16.500" />,
  accounts: <path d="M7 9.500a2.500 2.500 0 100-5 2.500 2.500 0 000 5zM2.500 16c.5-2.500 2.200-4 4.500-4s4 1.500 4.500 4M13.500 9a2 2 0 100-4M13.500 12c2 .2 3.400 1.500 4 4" />,
  definitions: <path d="M5 3h7l3.500 3.500V17H5zM12 3v3.500h3.500M7.500 10.500h5M7.500 13.500h5" />,
  calendars: <path d="M3.500 5h13v11.500h-13zM3.500 9h13M7 3v3.500M13 3v3.500M7 12.500h.01M10 12.500h.01M13 12.500h.01" />,
  eye: <path d="M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 12.500a2.500 2.500 0 100-5 2.500 2.500 0 000 5z" />,
  lock: <path d="M5 9h10v7.500H5zM7 9V6.500a3 3 0 016 0V9" />,
  menu: <path d="M3 5h14M3 10h14M3 15h14" />,
  fold: <path d="M12 5l-5 5 5 5" />,
  unfold: <path d="M8 5l5 5-5 5" />,
  sun: (
    <path d="M10 6.500a3.500 3.500 0 100 7 3.500 3.500 0 000-7zM10 2v2M10 16v2M2 10h2M16 10h2M4.300 4.300l1.400 1.400M14.300 14.300l1.400 1.400M15.700 4.300l-1.400 1.400M5.700 14.300l-1.400 1.400" />
  ),
  moon: <path d="M16 12.500A6.500 6.500 0 017.500 4a6.500 6.500 0 108.500 8.500z" />,
  user: <path d="M10 10a3 3 0 100-6 3 3 0 000 6zM4 17c.6-3 3-4.500 6-4.500s5.400 1.500 6 4.500" />,
  globe: <path d="M10 3a7 7 0 100 14 7 7 0 000-14zM3 10h14M10 3c2.500 2 2.500 12 0 14M10 3c-2.500 2-2.500 12 0 14" />,
  keyboard: <path d="M2.500 5.500h15v9h-15zM5.500 8.500h.01M8.500 8.500h.01M11.500 8.500h.01M14.500 8.500h.01M6.500 11.500h7" />,
  task: <path d="M4 3.500h12v13H4zM7 8l1.200 1.200L10.500 7M7 13h6M12.500 8H14" />,
  alert: <path d="M10 3l7.500 13.500h-15zM10 8v4M10 14.200v.1" />,
}

export function Icon({ name, size = 18 }: { name: keyof typeof SHAPES | string; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[name]}
    </svg>
  )
}

export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--primary)" />
      <path d="M9 6h14" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
      <path d="M16 6v11" stroke="#fff" strokeWidth="2" />
      <path d="M11.500 17h9L16 27z" fill="#fff" />
    </svg>
  )
}
