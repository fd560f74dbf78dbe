// Puts a text on the clipboard and says so; without a clipboard (plain http) it marks the text to copy.
import { App, Button } from 'antd'
import { useTranslation } from '../i18n/useTranslation'

interface Props {
  readonly text: string
  readonly words?: string
  readonly primary?: boolean
}

/** The old way, for pages that are not served securely. */
function copyOldWay(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.setAttribute('readonly', '')
  area.className = 'visually-hidden'
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  return done
}

export function CopyButton({ text, words, primary }: Props) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const copy = async () => {
    const done = await (navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'))).then(
      () => true,
      () => copyOldWay(text),
    )
    if (done) void message.success(t('copied'))
    else void message.warning(t('copyByHand'))
  }
  return (
    <Button type={primary ? 'primary' : 'default'} onClick={() => void copy()}>
      {words ?? t('copy')}
    </Button>
  )
}
