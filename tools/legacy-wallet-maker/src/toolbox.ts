import './quiet-dotenv.js'

/** The only door to the published toolbox, so that nobody loads it before dotenv is told to be quiet. */
export {
  EntityProvenTxReq,
  KnexMigrations,
  MockServices,
  Monitor,
  ScriptTemplateBRC29,
  StorageKnex,
  Wallet,
  WalletStorageManager,
  computeMerklePath,
  computeMerkleRoot,
} from '@bsv/wallet-toolbox'
