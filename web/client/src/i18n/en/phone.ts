// The English texts of the phone client, one chunk.
import common from './common'
import fill from './fill'
import form from './form'

export default { common, fill, form }
