import { openLegacyWallet, type MadeLegacyWallet } from '@txkeep/legacy-wallet-maker'

/** What each user's wallet says it has, in satoshis: the published wallet is asked, on the published storage. */
export async function legacyBalances(made: MadeLegacyWallet): Promise<number[]> {
  const balances: number[] = []
  for (const { rootKeyHex } of made.users) {
    const wallet = await openLegacyWallet({ file: made.file, chainFile: made.chainFile, rootKeyHex })
    try {
      balances.push(await wallet.balance())
    } finally {
      await wallet.close()
    }
  }
  return balances
}
