// Catches what breaks while a screen is drawn; the rest of the shell stays usable.
import { Button } from 'antd'
import { Component, type ReactNode } from 'react'
import { useTranslation } from '../i18n/useTranslation'

function Crashed({ message }: { message: string }) {
  const { t } = useTranslation()
  return (
    <div role="alert" style={{ padding: 32, maxWidth: 560, margin: '0 auto', display: 'grid', gap: 12, justifyItems: 'start' }}>
      <h2>{t('crashedTitle', { ns: 'desk' })}</h2>
      <p className="muted">{t('crashedText', { ns: 'desk' })}</p>
      <Button type="primary" onClick={() => window.location.reload()}>
        {t('reload')}
      </Button>
      <details className="small muted">
        <summary>{t('details')}</summary>
        <code>{message}</code>
      </details>
    </div>
  )
}

interface Props {
  readonly place: string
  readonly children: ReactNode
}

export class Boundary extends Component<Props, { message: string | null }> {
  override state: { message: string | null } = { message: null }

  static getDerivedStateFromError(error: unknown) {
    return { message: error instanceof Error ? error.message : String(error) }
  }

  /** Going elsewhere is a fresh start. */
  override componentDidUpdate(before: Props) {
    if (before.place !== this.props.place && this.state.message !== null) this.setState({ message: null })
  }

  override render() {
    return this.state.message === null ? this.props.children : <Crashed message={this.state.message} />
  }
}
