// All English texts of the desk client, one chunk.
import admin from './admin'
import common from './common'
import desk from './desk'
import form from './form'
import metrics from './metrics'
import records from './records'
import rules from './rules'
import work from './work'

export default { admin, common, desk, form, metrics, records, rules, work }
