import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker'

const here = import.meta.url
const isSource = here.endsWith('.ts')

/** Built by `npm run build`, so that a worker starts without bundling. */
const builtBundle = fileURLToPath(new URL('../workflow-bundle.js', here))

/** The options with which workflow code is bundled everywhere: worker, tests, replay. */
export const bundleOptions = {
  workflowsPath: fileURLToPath(new URL(`../workflows/index.${isSource ? 'ts' : 'js'}`, here)),
}

/** The bundle that was built, or one made now when running from source. */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  if (!isSource && existsSync(builtBundle)) return { codePath: builtBundle }
  return bundleWorkflowCode(bundleOptions)
}

if (process.argv[1] === fileURLToPath(here)) {
  const { code } = await bundleWorkflowCode({ ...bundleOptions, logger: quiet() })
  writeFileSync(builtBundle, code)
}

function quiet() {
  const nothing = () => {}
  return {
    log: nothing,
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: console.warn,
    error: console.error,
  }
}
