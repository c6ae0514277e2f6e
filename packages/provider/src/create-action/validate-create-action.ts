import type { Validation } from '@bsv/sdk'
import { MAX_SATOSHIS, isTxid } from '@txkeep/core'
import { WERR_INTERNAL, WERR_INVALID_PARAMETER, WERR_REVIEW_ACTIONS } from '../errors/werr.js'
import { checkList, checkObject } from '../check-shape.js'
import { checkName, checkNoNul } from '../check-text.js'
import { isHex } from '../hex.js'
import { MAX_POSSIBLE_SATOSHIS } from './change/generate-change.js'

/**
 * Returns when the arguments ask for a new action that can be made. The SDK validated them where they came from; a remote
 * caller may have sent anything.
 *
 * @throws {WERR_INVALID_PARAMETER} naming the first argument that cannot be.
 */
export function validateCreateAction(vargs: Validation.ValidCreateActionArgs): void {
  checkObject('vargs', vargs)
  if (vargs.isTestWerrReviewActions === true) throw dummyReview()
  if (vargs.isNewTx !== true) throw new WERR_INTERNAL('createAction was called although there is no new transaction.')
  checkNoNul('description', vargs.description)
  for (const label of checkList('labels', vargs.labels)) checkName('labels', label)
  checkUint32('version', vargs.version)
  checkUint32('lockTime', vargs.lockTime)
  checkList('inputs', vargs.inputs).forEach(checkInput)
  checkDistinct(
    'inputs',
    vargs.inputs.map((input) => input.outpoint),
  )
  checkList('outputs', vargs.outputs).forEach(checkOutput)
  if (vargs.outputs.filter(({ satoshis }) => satoshis === MAX_POSSIBLE_SATOSHIS).length > 1) {
    throw new WERR_INVALID_PARAMETER(
      'outputs',
      `at most one output of ${MAX_POSSIBLE_SATOSHIS} satoshis, which asks for all there is`,
    )
  }
  const total = vargs.outputs.reduce(
    (sum, { satoshis }) => sum + (satoshis === MAX_POSSIBLE_SATOSHIS ? 0 : satoshis),
    0,
  )
  if (total > MAX_SATOSHIS) throw new WERR_INVALID_PARAMETER('outputs', `at most ${MAX_SATOSHIS} satoshis in all`)
  for (const fraction of vargs.randomVals === undefined ? [] : checkList('randomVals', vargs.randomVals)) {
    if (!(typeof fraction === 'number' && fraction >= 0 && fraction < 1)) {
      throw new WERR_INVALID_PARAMETER('randomVals', 'a list of numbers from 0 to less than 1')
    }
  }
  const { noSendChange, knownTxids } = checkObject('options', vargs.options)
  checkList('noSendChange', noSendChange).forEach((outpoint) => checkOutpoint('noSendChange', outpoint))
  for (const txid of checkList('knownTxids', knownTxids)) {
    if (!isTxid(txid)) throw new WERR_INVALID_PARAMETER('knownTxids', 'txids of 64 lower-case hex digits')
  }
  checkDistinct('noSendChange', noSendChange)
}

function checkInput(input: Validation.ValidCreateActionInput, vin: number): void {
  const name = `inputs[${vin}]`
  checkObject(name, input)
  checkOutpoint(`${name}.outpoint`, input.outpoint)
  checkNoNul(`${name}.inputDescription`, input.inputDescription)
  checkUint32(`${name}.sequenceNumber`, input.sequenceNumber)
  if (!Number.isSafeInteger(input.unlockingScriptLength) || input.unlockingScriptLength < 0) {
    throw new WERR_INVALID_PARAMETER(`${name}.unlockingScriptLength`, 'a number of bytes')
  }
}

function checkOutput(output: Validation.ValidCreateActionOutput, index: number): void {
  const name = `outputs[${index}]`
  checkObject(name, output)
  if (!isHex(output.lockingScript))
    throw new WERR_INVALID_PARAMETER(`${name}.lockingScript`, 'an even number of hex digits')
  if (!Number.isSafeInteger(output.satoshis) || output.satoshis < 0 || output.satoshis > MAX_SATOSHIS) {
    throw new WERR_INVALID_PARAMETER(`${name}.satoshis`, `a whole number of satoshis from 0 to ${MAX_SATOSHIS}`)
  }
  checkNoNul(`${name}.outputDescription`, output.outputDescription)
  if (output.customInstructions !== undefined) checkNoNul(`${name}.customInstructions`, output.customInstructions)
  if (output.basket !== undefined) checkName(`${name}.basket`, output.basket)
  for (const tag of checkList(`${name}.tags`, output.tags)) checkName(`${name}.tags`, tag)
}

function checkOutpoint(name: string, outpoint: Validation.OutPoint): void {
  const { txid, vout } = checkObject(name, outpoint)
  if (isTxid(txid) && Number.isSafeInteger(vout) && vout >= 0 && vout <= 0xffffffff) return
  throw new WERR_INVALID_PARAMETER(name, 'a txid of 64 lower-case hex digits and an output index')
}

function checkDistinct(name: string, outpoints: readonly Validation.OutPoint[]): void {
  if (new Set(outpoints.map(({ txid, vout }) => `${txid}.${vout}`)).size === outpoints.length) return
  throw new WERR_INVALID_PARAMETER(name, 'a list that names no outpoint twice')
}

function checkUint32(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= 0xffffffff) return
  throw new WERR_INVALID_PARAMETER(name, 'a whole number from 0 to 4294967295')
}

/** What the published label for testing a caller's error handling asks for. Source: docs/spec/wallet-storage.md §3. */
function dummyReview(): WERR_REVIEW_ACTIONS {
  const [success, doubleSpend, serviceError, invalidTx] = ['1', '2', '3', '4'].map((digit) => digit.repeat(64)) as [
    string,
    string,
    string,
    string,
  ]
  return new WERR_REVIEW_ACTIONS(
    [
      { txid: success, status: 'success' },
      { txid: doubleSpend, status: 'doubleSpend', competingTxs: ['5'.repeat(64)] },
      { txid: serviceError, status: 'serviceError' },
      { txid: invalidTx, status: 'invalidTx' },
    ],
    [
      { txid: success, status: 'unproven' },
      { txid: doubleSpend, status: 'failed' },
      { txid: serviceError, status: 'sending' },
      { txid: invalidTx, status: 'failed' },
    ],
  )
}
