import type { Collection, ToolboxServices } from './toolbox-types.js'

/** What of the toolbox stands behind one provider. */
export interface ToolboxMember {
  postBeef?: (beef: never, txids: string[]) => ReturnType<ToolboxServices['postBeef']>
  getMerklePath?: ToolboxServices['getMerklePath']
  getStatusForTxids?: ToolboxServices['getStatusForTxids']
  getRawTx?: ToolboxServices['getRawTx']
  getUtxoStatus?: ToolboxServices['getUtxoStatus']
  headers?: Pick<ToolboxServices, 'getHeight' | 'getHeaderForHeight' | 'hashToHeader'>
}

/** The toolbox's own methods, where there are no providers inside. */
export function wholeOf(services: ToolboxServices): ToolboxMember {
  return {
    postBeef: (beef, txids) => services.postBeef(beef, txids),
    getMerklePath: (txid) => services.getMerklePath(txid),
    getStatusForTxids: (txids) => services.getStatusForTxids(txids),
    getRawTx: (txid) => services.getRawTx(txid),
    getUtxoStatus: (output, format, outpoint) => services.getUtxoStatus(output, format, outpoint),
  }
}

/** The members of the toolbox's collections, those of one name together. */
export function membersOf(services: ToolboxServices): ReadonlyMap<string, ToolboxMember> {
  const members = new Map<string, ToolboxMember>()
  function each<T>(collection: Collection<T> | undefined, assign: (member: ToolboxMember, service: T) => void): void {
    for (const { name, service } of collection?.services ?? []) {
      const member = members.get(name) ?? {}
      members.set(name, member)
      assign(member, service)
    }
  }
  each(services.postBeefServices, (member, service) => {
    member.postBeef = async (beef, txids) => [await service(beef, txids)]
  })
  each(services.getMerklePathServices, (member, service) => {
    member.getMerklePath = (txid) => service(txid, services as never)
  })
  each(services.getStatusForTxidsServices, (member, service) => {
    member.getStatusForTxids = (txids) => service(txids)
  })
  each(services.getRawTxServices, (member, service) => {
    member.getRawTx = (txid) => service(txid, services.chain as never)
  })
  each(services.getUtxoStatusServices, (member, service) => {
    member.getUtxoStatus = (output, format, outpoint) => service(output, format, outpoint)
  })
  return members
}
