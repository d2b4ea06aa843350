import { expect, test } from "vitest";
import type { Counts } from "../../lib/report/report.ts";
import { countsInWords, sentenceOf } from "../../page/words.ts";

const none: Counts = { compliant: 0, violations: 0, exempted: 0, notApplicable: 0, unread: 0 };

test.each<readonly [Partial<Counts>, sentence: string, words: string]>([
  [
    { compliant: 40, violations: 52, notApplicable: 34 },
    "52 of 92 judged resources break a practice; nothing was left unread",
    "40 of 92 comply, 52 violations",
  ],
  [
    { compliant: 1_234, violations: 1, unread: 2 },
    "1 of 1,235 judged resources breaks a practice; 2 could not be read, and none of that complies",
    "1,234 of 1,235 comply, 1 violation, 2 not read",
  ],
  [
    { compliant: 1, violations: 0, exempted: 2 },
    "0 of 3 judged resources break a practice, 2 more are exempted; nothing was left unread",
    "1 of 3 comply, 2 exempted",
  ],
  [{ notApplicable: 3 }, "No resource was judged; nothing was left unread", "nothing judged, 3 not applicable"],
  [
    { unread: 1 },
    "No resource was judged; 1 could not be read, and none of that complies",
    "nothing judged, 1 not read",
  ],
])("%o", (counts, sentence, words) => {
  expect(sentenceOf({ ...none, ...counts })).toBe(sentence);
  expect(countsInWords({ ...none, ...counts })).toBe(words);
});
