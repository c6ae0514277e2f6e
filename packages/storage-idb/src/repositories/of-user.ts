/** The rows of one user, or all of them where none is named. */
export function ofUser<Row extends { readonly userId: number }>(rows: Row[], userId: number | undefined): Row[] {
  return userId === undefined ? rows : rows.filter((row) => row.userId === userId)
}
