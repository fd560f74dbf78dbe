// What of a form could not be said on the other side, with the reason.
import type { LeftOut } from '../../api/types'

export function LeftOutList({ left }: { left: readonly LeftOut[] }) {
  return (
    <ul>
      {left.map((one, at) => (
        <li key={at}>
          {one.place && <code className="small muted">{one.place}</code>} {one.message}
        </li>
      ))}
    </ul>
  )
}
