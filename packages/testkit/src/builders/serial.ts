let last = 0

/** A number nobody in this process got before: what makes two builders' transactions, names and keys differ. */
export function nextSerial(): number {
  last += 1
  return last
}
