import { quoteText, type SessionCancel } from '../../lib/extend.js'

/** How versions that do not listen to the protocol's cancel requests (before v22.1) break off what a session runs. */
export const sessionCancel: SessionCancel = {
  session: 'SHOW session_id',
  cancel: session =>
    `CANCEL QUERIES IF EXISTS (SELECT query_id FROM [SHOW CLUSTER STATEMENTS] WHERE session_id = ${quoteText(session)})`
}
