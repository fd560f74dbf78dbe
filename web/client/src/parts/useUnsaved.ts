// Work that is not saved yet is not lost by a click: whoever leaves the screen is asked first.
import { App } from 'antd'
import { useEffect } from 'react'
import { useBlocker } from 'react-router'
import { useTranslation } from '../i18n/useTranslation'

/** While there is unsaved work: asks before another screen is opened, and before the page is closed. */
export function useUnsaved(isUnsaved: boolean): void {
  const { t } = useTranslation('desk')
  const { modal } = App.useApp()
  const blocker = useBlocker(({ currentLocation, nextLocation }) => isUnsaved && currentLocation.pathname !== nextLocation.pathname)
  useEffect(() => {
    if (!isUnsaved) return
    const hold = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', hold)
    return () => window.removeEventListener('beforeunload', hold)
  }, [isUnsaved])
  const { state } = blocker
  useEffect(() => {
    if (state !== 'blocked') return
    const asked = modal.confirm({
      title: t('unsaved.title'),
      content: t('unsaved.text'),
      okText: t('unsaved.leave'),
      okButtonProps: { danger: true },
      cancelText: t('unsaved.stay'),
      onOk: () => blocker.proceed?.(),
      onCancel: () => blocker.reset?.(),
    })
    return () => asked.destroy()
    // the blocker is another object at each turn; what counts is that it began to block
  }, [state]) // eslint-disable-line
}
