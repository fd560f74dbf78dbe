// Which screen stands at which address; heavy and admin screens are loaded when opened.
import { lazy, Suspense, useEffect, type ReactNode } from 'react'
import { Navigate, Route, Routes, useLocation, useParams } from 'react-router'
import { ApiProblem } from '../api/problem'
import { Failed, Loading, NotFound } from '../parts/States'
import { SignIn } from '../screens/signin/SignIn'
import { Work } from '../screens/worklist/Work'
import { useRecoveryCodes } from './recovery'
import { admit, useSession } from './session'
import { Shell } from './Shell'

const Inbox = lazy(() => import('../screens/inbox/Inbox'))
const Metrics = lazy(() => import('../screens/metrics/Metrics'))
const Metric = lazy(() => import('../screens/metrics/Metric'))
const Passport = lazy(() => import('../screens/passport/Passport'))
const Entities = lazy(() => import('../screens/records/Entities'))
const Records = lazy(() => import('../screens/records/Records'))
const Rules = lazy(() => import('../screens/rules/Rules'))
const Packs = lazy(() => import('../screens/packs/Packs'))
const Sources = lazy(() => import('../screens/sources/Sources'))
const Source = lazy(() => import('../screens/sources/Source'))
const Workbench = lazy(() => import('../screens/formulas/Workbench'))
const Security = lazy(() => import('../screens/account/Security'))
const Gate = lazy(() => import('../screens/account/Gates'))
const Accounts = lazy(() => import('../screens/accounts/Accounts'))
const Definitions = lazy(() => import('../screens/definitions/Definitions'))
const Structure = lazy(() => import('../screens/definitions/Structure'))
const RoleRights = lazy(() => import('../screens/roles/RoleRights'))
const Calendars = lazy(() => import('../screens/calendars/Calendars'))
const Incidents = lazy(() => import('../screens/incidents/Incidents'))

const wait = (screen: ReactNode) => <Suspense fallback={<Loading rows={6} />}>{screen}</Suspense>

/** Messages name a record by its address in the API. */
function ToRecord() {
  const { entity, uid } = useParams()
  return <Navigate to={`/records/${entity}/${uid}`} replace />
}

export function AppRoutes() {
  const session = useSession()
  const place = useLocation()
  const recovery = useRecoveryCodes()
  useEffect(() => {
    if (session.data) admit(session.data)
  }, [session.data])
  if (recovery) return wait(<Gate codes={recovery} />)
  if (session.isPending && !session.data) return <Loading rows={6} />
  if (!session.data) {
    const signedOut = session.error === null || (session.error instanceof ApiProblem && session.error.status === 401)
    if (!signedOut) return <Failed error={session.error} onRetry={() => void session.refetch()} />
    if (place.pathname !== '/sign-in')
      return <Navigate to="/sign-in" replace state={{ from: place.pathname === '/' ? '/tasks' : place.pathname + place.search + place.hash }} />
    return <SignIn />
  }
  if (session.data.must_enrol) return wait(<Gate codes={null} />)
  const isAdmin = session.data.account.admin
  return (
    <Routes>
      <Route path="/sign-in" element={<Navigate to={(place.state as { from?: string } | null)?.from ?? '/tasks'} replace />} />
      <Route element={<Shell session={session.data} />}>
        <Route index element={<Navigate to="/tasks" replace />} />
        <Route path="/tasks" element={<Work kind={null} />} />
        <Route path="/tasks/:uid" element={<Work kind="tasks" />} />
        <Route path="/alerts" element={<Work kind={null} />} />
        <Route path="/alerts/:uid" element={<Work kind="alerts" />} />
        <Route path="/inbox" element={wait(<Inbox />)} />
        <Route path="/inbox/:uid" element={wait(<Inbox />)} />
        <Route path="/metrics" element={wait(<Metrics />)} />
        <Route path="/metrics/:name" element={wait(<Metric />)} />
        <Route path="/passports/:uid" element={wait(<Passport />)} />
        <Route path="/records" element={wait(<Entities />)} />
        <Route path="/records/:entity" element={wait(<Records />)} />
        <Route path="/records/:entity/:uid" element={wait(<Records />)} />
        <Route path="/rules" element={wait(<Rules />)} />
        <Route path="/rules/:name" element={wait(<Rules />)} />
        <Route path="/security" element={wait(<Security />)} />
        <Route path="/entities/:entity/records/:uid" element={<ToRecord />} />
        {isAdmin && (
          <>
            <Route path="/definitions" element={wait(<Definitions />)} />
            <Route path="/definitions/:entity" element={wait(<Structure />)} />
            <Route path="/definitions/roles/:role" element={wait(<RoleRights />)} />
            <Route path="/accounts" element={wait(<Accounts />)} />
            <Route path="/packs" element={wait(<Packs />)} />
            <Route path="/sources" element={wait(<Sources />)} />
            <Route path="/sources/:name" element={wait(<Source />)} />
            <Route path="/formulas" element={wait(<Workbench />)} />
            <Route path="/calendars" element={wait(<Calendars />)} />
            <Route path="/incidents" element={wait(<Incidents />)} />
          </>
        )}
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  )
}
