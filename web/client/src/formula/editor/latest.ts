// Sequence numbers: of several answers on their way only that to the last question counts.

export class Latest {
  private number = 0

  /** A question is asked; the result tells whether it is still the last one. */
  ask(): () => boolean {
    this.number += 1
    const mine = this.number
    return () => mine === this.number
  }

  /** Whatever is on its way is out of date. */
  forget(): void {
    this.number += 1
  }
}
