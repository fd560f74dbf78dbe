// The desk entry.
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { dropOldDrafts } from './form/model/draft'
import { deskTexts } from './i18n/desk'
import { startI18n } from './i18n/start'
import { App } from './shell/App'
import { reloadOnceOnMissingChunk } from './shell/reloadOnce'
import './theme/base.css'
import { loadFallbackFont } from './theme/fonts'
import { giveStylesTheNonce } from './theme/nonce'

giveStylesTheNonce()
reloadOnceOnMissingChunk()
dropOldDrafts(Date.now())
const root = document.getElementById('root')
if (root) {
  void startI18n(deskTexts).then(() =>
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  )
}
loadFallbackFont()
