// Finds a record by typing, with Ant Design's select.
import { Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from '../../i18n/useTranslation'
import type { LookupItem } from '../../api/types'
import { lookup } from '../lookup'
import type { WidgetProps } from '../widgets'

export function Picker(props: WidgetProps) {
  const { t } = useTranslation('form')
  const chosen = props.input as LookupItem | null
  const [text, setText] = useState<string | null>(null)
  const [found, setFound] = useState<readonly LookupItem[] | null>(null)
  const asked = useRef(0)
  useEffect(() => {
    if (text === null) return
    const number = (asked.current += 1)
    const timer = setTimeout(() => {
      void lookup(props.field, text).then((items) => number === asked.current && setFound(items))
    }, 250)
    return () => clearTimeout(timer)
  }, [text, props.field])
  const options = (found ?? []).map((item) => ({ value: item.uid, label: item.display }))
  if (chosen && !options.some((option) => option.value === chosen.uid)) options.unshift({ value: chosen.uid, label: chosen.display })
  return (
    <Select
      id={props.id}
      aria-describedby={props.describedBy}
      {...(props.invalid ? { status: 'error' as const } : {})}
      showSearch={{ filterOption: false, onSearch: setText }}
      allowClear
      value={chosen?.uid ?? null}
      options={options}
      placeholder={t('searchHint')}
      disabled={props.readOnly}
      notFoundContent={found === null ? t('searching') : t('noMatch')}
      onFocus={() => setText((before) => before ?? '')}
      onBlur={props.onLeave}
      onChange={(uid: string | undefined) => {
        const option = options.find((one) => one.value === uid)
        props.onInput(option ? { uid: option.value, display: option.label } : null)
      }}
    />
  )
}
