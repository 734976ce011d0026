export { collection } from './collection.ts'
export { portfolioLoad } from './portfolioLoad.ts'
export { receipt } from './receipt.ts'
export { sweep } from './sweep.ts'
