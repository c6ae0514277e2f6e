export { makeMovedWallet, type MovedWallet } from './make-moved-wallet.js'
