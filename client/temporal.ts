import { Client, Connection } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import type { Environment } from '../config/environment.ts'
import { TryLater } from './failures.ts'

/** A connection to Temporal, and what speaks over it. */
export interface TemporalConnection {
  connection: Connection
  client: Client
  namespace: string
}

/** What commands are sent through. */
export interface Door {
  client: Client
  company: string
}

/**
 * Address, TLS, API key: from TEMPORAL_* or a profile, as the Temporal CLI reads them.
 * @throws TryLater when nobody answers there
 */
export async function connectTemporal(env: Environment): Promise<TemporalConnection> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
    overrideEnvVars: {
      ...process.env,
      TEMPORAL_ADDRESS: env.TEMPORAL_ADDRESS,
      TEMPORAL_NAMESPACE: env.TEMPORAL_NAMESPACE,
    },
  })
  let connection: Connection
  try {
    connection = await Connection.connect({ connectTimeout: '5s', ...connectionOptions })
  } catch (error) {
    throw new TryLater('temporal', env.TEMPORAL_ADDRESS, error)
  }
  return { connection, client: new Client({ connection, namespace }), namespace }
}
