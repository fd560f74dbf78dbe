// The desk client: theme, texts, session and routes.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App as AntApp, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { useEffect } from 'react'
import { useTranslation } from '../i18n/useTranslation'
import { createBrowserRouter, RouterProvider } from 'react-router'
import { whenSignedOut } from '../api/client'
import { ApiProblem } from '../api/problem'
import { sessionQuery } from '../api/queries'
import { useIsCalm, useIsDark } from '../theme/choice'
import { nonce } from '../theme/nonce'
import { themeOf } from '../theme/tokens'
import { AppRoutes } from './routes'

// the routes stand in `AppRoutes`; a router of its own kind is what can ask before a screen is left
const router = createBrowserRouter([{ path: '*', element: <AppRoutes /> }])

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: (count, error) => count < 2 && !(error instanceof ApiProblem && error.status >= 400 && error.status < 500),
      refetchOnWindowFocus: true,
    },
  },
})

whenSignedOut(() => void client.resetQueries({ queryKey: sessionQuery.queryKey }))

export function App() {
  const { i18n } = useTranslation()
  const dark = useIsDark()
  const isCalm = useIsCalm()
  useEffect(() => {
    dayjs.locale(i18n.language === 'en' ? 'en' : 'zh-cn')
    void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
  }, [i18n.language])
  return (
    <ConfigProvider
      csp={{ nonce }}
      theme={themeOf(dark ? 'dark' : 'light', isCalm)}
      locale={i18n.language === 'en' ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
    >
      <AntApp component={false}>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  )
}
