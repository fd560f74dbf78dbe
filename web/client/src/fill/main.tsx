// The phone entry: one form, native controls, no Ant Design, no web font (phones have Chinese ones).
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { fillTexts } from '../i18n/fill'
import { startI18n } from '../i18n/start'
import '../theme/base.css'
import '../theme/choice'
import { Fill } from './Fill'

const root = document.getElementById('root')
if (root) {
  void startI18n(fillTexts).then(() =>
    createRoot(root).render(
      <StrictMode>
        <Fill />
      </StrictMode>,
    ),
  )
}
