// Asks the server for records whose name fits what was typed.
import { api } from '../api/client'
import { itemsOf } from '../api/list'
import { call } from '../api/problem'
import type { FieldDescriptor, LookupItem } from '../api/types'

export async function lookup(field: FieldDescriptor, text: string, limit = 20): Promise<readonly LookupItem[]> {
  const entity = field.type === 'person' || field.type === 'department' ? field.type : (field.entity ?? '')
  try {
    if (field.asks) {
      const { form, ...asked } = field.asks
      return itemsOf(await call(api.POST('/forms/{name}/choices', { params: { path: { name: form } }, body: { ...asked, q: text, limit } })))
    }
    return itemsOf(await call(api.GET('/lookup/{entity}', { params: { path: { entity }, query: { q: text, limit } } })))
  } catch {
    return [] // the picker then says that nothing was found; the form is not lost
  }
}
