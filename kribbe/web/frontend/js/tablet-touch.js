// A finger that taps twice means one tap.

const AGAIN = 500;

// Whether a tap is the second of two: on one child, or on whoever came to stand there as the first one moved the list.
export const isAgain = (last, tap) => tap.at - last.at < AGAIN && (last.moves || last.ref === tap.ref);

export function tapping() {
  let last = { ref: "", moves: false, at: -AGAIN };
  return function isNew(ref, moves) {
    const tap = { ref, moves, at: performance.now() };
    if (isAgain(last, tap)) return false;
    last = tap;
    return true;
  };
}
