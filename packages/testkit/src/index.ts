// The contract
export type { ContractCase, ContractContext, MakeStore, StoreUnderTest } from './contract-case.js'
export { CaseSkippedError } from './case-skipped-error.js'
export { storeContract } from './store-contract/store-contract.js'
export { transactionServiceContract } from './transaction-service-contract/transaction-service-contract.js'

// Builders of transactions and proofs
export {
  buildTransaction,
  describeTransaction,
  type BuiltOutput,
  type BuiltTransaction,
  type PlannedInput,
  type PlannedOutput,
  type TransactionPlan,
} from './builders/build-transaction.js'
export { buildCoinbase, type CoinbasePlan } from './builders/build-coinbase.js'
export { buildProof, type BuiltProof, type ProofPlan } from './builders/build-proof.js'
export { hashOf } from './builders/hash-of.js'
export { nextSerial } from './builders/serial.js'

// Builders of rows
export { insertUser, seedBasket, seedUser, type SeededUser, type UserSeed } from './builders/seed-user.js'
export {
  insertAction,
  seedAction,
  seedChainTip,
  seedCoins,
  type ActionSeed,
  type OutputSeed,
  type SeededAction,
  type SeededSignedAction,
} from './builders/seed-action.js'

// A network in memory
export {
  MockChain,
  type BlockPlan,
  type MockChainOptions,
  type Reorg,
  type ReorgPlan,
} from './mock-chain/mock-chain.js'
export { MockProvider, type LookUps } from './mock-chain/mock-provider.js'
export type { MockBlock } from './mock-chain/mock-block.js'
export type { AnswerKind, ScriptedAnswer } from './mock-chain/scripted-answer.js'
export { merklePath, merkleRoot } from './mock-chain/merkle-tree.js'
