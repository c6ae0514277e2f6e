export function half(number: number): number {
  return number / 2
}
