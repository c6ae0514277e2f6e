/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { isAfterReal, sumOf, totalOf } from './headline.js'
import { counted, grouped } from './number-text.js'
import type { BeforeAndAfter, ReportData, ReportUser } from './report-data.js'
import { WalletText } from './wallet-text.js'

/** What each user had and has: everything, what the wallet lists, and what can be spent at once. */
export function UserTable({ data }: { readonly data: ReportData }): JSX.Element {
  return (
    <>
      <p class="quiet">
        “Wallet balance” is what the wallet shows its user. “Ready to spend” leaves out coins the network has not
        accepted yet. {isAfterReal(data.phase) ? '' : 'The figures after a move are what the rules say it will give. '}
        Amounts are satoshis.
      </p>
      <AmountTable data={data} what="listed" title="Wallet balance" />
      <AmountTable data={data} what="spendable" title="Ready to spend" />
      <AmountTable data={data} what="all" title="All outputs, spent or not" />
    </>
  )
}

interface AmountTableProps {
  readonly data: ReportData
  readonly what: 'all' | 'listed' | 'spendable'
  readonly title: string
}

function AmountTable({ data, what, title }: AmountTableProps): JSX.Element {
  const { shown, hidden } = pickUsers(data.users, what)
  return (
    <div class="wide">
      <table class="amounts">
        <colgroup>
          {WIDTHS.map((width, index) => (
            <col key={index} style={`width: ${width}%`} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <th rowSpan={2}>{title}</th>
            <th class="group" colSpan={3}>
              Coins
            </th>
            <th class="group" colSpan={3}>
              Satoshis
            </th>
          </tr>
          <tr>
            {['Coins', 'Satoshis'].flatMap((group) => [
              <th key={`${group} before`} class="number first">
                before
              </th>,
              <th key={`${group} after`} class="number">
                after
              </th>,
              <th key={`${group} difference`} class="number">
                difference
              </th>,
            ])}
          </tr>
        </thead>
        <tbody>
          {shown.map((user) => (
            <tr key={user.userId}>
              <th scope="row">
                User {user.userId}{' '}
                <span class="mono quiet">
                  <WalletText>{user.identityKey === null ? '(no key)' : shortened(user.identityKey)}</WalletText>
                </span>
              </th>
              <Cells amounts={user[what]} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          {hidden.length === 0 ? null : (
            <tr>
              <th scope="row">{counted(hidden.length, 'more user')}</th>
              <Cells amounts={sumOf(hidden.map((user) => user[what]))} />
            </tr>
          )}
          <tr>
            <th scope="row">All users</th>
            <Cells amounts={totalOf(data, what)} />
          </tr>
        </tfoot>
      </table>
    </div>
  )
}

/** A server can have more users than a page can show: those whose figures changed, then those who have most. */
function pickUsers(
  users: readonly ReportUser[],
  what: AmountTableProps['what'],
): { readonly shown: readonly ReportUser[]; readonly hidden: readonly ReportUser[] } {
  if (users.length <= MOST_USERS) return { shown: users, hidden: [] }
  const changeOf = ({ [what]: { before, after } }: ReportUser): number =>
    before === undefined ? 0 : Math.abs(after.satoshis - before.satoshis) + Math.abs(after.coins - before.coins)
  const ranked = [...users].sort((a, b) => changeOf(b) - changeOf(a) || b[what].after.satoshis - a[what].after.satoshis)
  const byNumber = (a: ReportUser, b: ReportUser): number => a.userId - b.userId
  return { shown: ranked.slice(0, MOST_USERS).sort(byNumber), hidden: ranked.slice(MOST_USERS) }
}

const MOST_USERS = 100

function Cells({ amounts: { before, after } }: { readonly amounts: BeforeAndAfter }): JSX.Element {
  return (
    <>
      {(['coins', 'satoshis'] as const).flatMap((unit) => [
        <td key={`${unit} before`} class="number first">
          {before === undefined ? '–' : grouped(before[unit])}
        </td>,
        <td key={`${unit} after`} class="number">
          {grouped(after[unit])}
        </td>,
        <td key={`${unit} difference`} class="number">
          {before === undefined ? '–' : signed(after[unit] - before[unit])}
        </td>,
      ])}
    </>
  )
}

/** Of the columns, in percent: the same in all three tables, so that they stand under each other. */
const WIDTHS = [26, 9, 9, 11, 16, 16, 13]

function signed(difference: number): string {
  if (difference === 0) return '0'
  return difference > 0 ? `+${grouped(difference)}` : `−${grouped(-difference)}`
}

function shortened(identityKey: string): string {
  return identityKey.length > 12 ? `${identityKey.slice(0, 10)}…` : identityKey
}
