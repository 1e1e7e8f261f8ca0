/** Servers to run specs and examples on. Nothing here knows of Jest. */
export { findCockroach } from './cockroach-server.js'
export { startPostgres } from './postgres-server.js'
export { createDatabase, dropDatabase, type Server, type ServerName, serverNames, urlFor } from './server.js'
