// Sends one file and says how far it is; fetch cannot tell that of a request, so this is XMLHttpRequest.
import { csrfToken } from '../../api/client'
import { newKey } from '../../api/keys'
import { ApiProblem } from '../../api/problem'
import type { Problem } from '../../api/types'
import { currentLanguage } from '../../i18n/language'

export interface Uploaded {
  readonly uid: string
  readonly name: string
  readonly size: number
}

export interface Upload {
  readonly id: string
  readonly done: Promise<Uploaded>
  readonly stop: () => void
}

let place = '/files'

/** Where uploads go: a public link takes its own. */
export function uploadTo(path: string): void {
  place = path
}

/** Rejects with an ApiProblem; after `stop` it stays undecided. */
export function upload(file: File, onProgress: (percent: number) => void): Upload {
  const request = new XMLHttpRequest()
  const done = new Promise<Uploaded>((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(Math.floor((event.loaded / event.total) * 100))
    request.onerror = () => reject(new ApiProblem(0))
    request.onload = () => {
      const body = request.response as unknown
      if (request.status === 201) resolve(body as Uploaded)
      else reject(new ApiProblem(request.status, (body ?? undefined) as Partial<Problem> | undefined))
    }
  })
  request.open('POST', `/api/v1${place}`)
  request.responseType = 'json'
  request.setRequestHeader('Accept-Language', currentLanguage())
  request.setRequestHeader('X-CSRF-Token', csrfToken())
  const form = new FormData()
  form.append('file', file)
  request.send(form)
  return { id: newKey(), done, stop: () => request.abort() }
}

export const addressOf = (uid: string): string => `/api/v1/files/${encodeURIComponent(uid)}`
