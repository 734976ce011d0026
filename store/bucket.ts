import type { S3Client } from '@aws-sdk/client-s3'
import { type Shelf, StoreError } from './store.ts'

/**
 * A bucket of S3 or of a server that speaks its protocol. Where it is and who asks comes from where every AWS program
 * takes it: AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID … or the machine's role.
 */
export function openBucket(address: string): Shelf {
  const [, Bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(address) ?? []
  if (Bucket === undefined) throw new StoreError(`"${address}" is not s3://bucket or s3://bucket/prefix`)
  const keyOf = (name: string) => [prefix.replace(/\/+$/, ''), name].filter((part) => part !== '').join('/')
  // Loaded when it is first needed: it is large, and most programs never speak to a bucket.
  let connected: Promise<{ s3: S3Client; sdk: typeof import('@aws-sdk/client-s3') }> | undefined
  const connect = () => {
    connected ??= import('@aws-sdk/client-s3').then((sdk) => ({
      sdk,
      // A server of one's own has no domain name per bucket.
      s3: new sdk.S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined }),
    }))
    return connected
  }
  return {
    async has(name) {
      const { s3, sdk } = await connect()
      return s3.send(new sdk.HeadObjectCommand({ Bucket, Key: keyOf(name) })).then(
        () => true,
        (error: unknown) => {
          if (isMissing(error)) return false
          throw error
        },
      )
    },
    async write(name, bytes) {
      const { s3, sdk } = await connect()
      await s3.send(new sdk.PutObjectCommand({ Bucket, Key: keyOf(name), Body: bytes }))
    },
    async read(name) {
      const { s3, sdk } = await connect()
      try {
        const { Body } = await s3.send(new sdk.GetObjectCommand({ Bucket, Key: keyOf(name) }))
        return Buffer.from(await Body!.transformToByteArray())
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    },
  }
}

const isMissing = (error: unknown): boolean =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404
