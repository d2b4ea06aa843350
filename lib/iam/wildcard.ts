/** AWS's wildcards: `*` is any run of characters, `?` is any one character, everything else is itself. */

/** Whether the whole text matches, letter case and all. Time is at most the product of both lengths, never more. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let textAt = 0;
  let star = -1;
  let starText = 0;
  while (textAt < text.length) {
    if (pattern[at] === "*") {
      star = at++;
      starText = textAt;
    } else if (pattern[at] === "?" || (at < pattern.length && pattern[at] === text[textAt])) {
      at++;
      textAt++;
    } else if (star >= 0) {
      // The last star takes one character more; earlier stars need no second try, since theirs were the shortest.
      at = star + 1;
      textAt = ++starText;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

/** For names that AWS compares without letter case. Only A to Z: `toLowerCase` would make a `k` of the Kelvin sign. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
