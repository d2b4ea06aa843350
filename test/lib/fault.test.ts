import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fault, faultOfWhole, mendOf, verdictOf } from "../../lib/fault.ts";
import type { Step, Unread } from "../../lib/rule.ts";

/** The thing at fault: a set of broken parts. */
type Thing = readonly string[];

const parts = ["door", "lock", "window"] as const;
const stepOf = (part: string): Step => ({ command: ["aws", "mend", part] });

function broken(part: string, choice?: string): Fault<Thing> {
  return {
    reason: { code: "broken", found: `The ${part} is broken`, wanted: "a whole one is required", source: null },
    summary: `Mend the ${part}`,
    steps: [{ words: "Fetch the tools" }, stepOf(part)],
    mayBreak: "The peace",
    remedy: choice === undefined ? { repair: (old) => old.filter((one) => one !== part) } : { choice },
  };
}

const unread: Unread = { call: "kms:DescribeKey", message: "on key ...9c02 was denied", lasting: true };
const faultLists = fc
  .uniqueArray(fc.constantFrom(...parts))
  .chain((of) => fc.tuple(...of.map((part) => fc.constantFrom(broken(part), broken(part, `Which ${part}?`)))));
const perhapsUnread = fc.constantFrom(null, unread);

describe("the verdict of faults", () => {
  it("is a violation with a fault, unread with something unread, and compliance only with all the evidence", () => {
    fc.assert(
      fc.property(faultLists, perhapsUnread, (faults, fact) => {
        const [first, ...others] = faults.map(({ reason }) => reason);
        const expected =
          first !== undefined
            ? { complianceType: "NON_COMPLIANT", reasons: [first, ...others], witness: null }
            : fact === null
              ? { complianceType: "COMPLIANT", because: "All is whole" }
              : { unread };
        expect(verdictOf(faults, fact, () => "All is whole")).toEqual(expected);
      }),
    );
  });

  it("asks why something complies only where it does", () => {
    const never = (): string => {
      throw new Error("nothing complies here");
    };
    expect(() => verdictOf([], null, never)).toThrow("nothing complies here");
    expect(verdictOf([broken("door")], null, never)).toMatchObject({ complianceType: "NON_COMPLIANT" });
    expect(verdictOf([], unread, never)).toEqual({ unread });
  });
});

describe("the mend of faults", () => {
  it("leaves nothing to complain of, or leaves a choice", () => {
    fc.assert(
      fc.property(faultLists, perhapsUnread, (faults, fact) => {
        const thing = faults.map(({ summary }) => summary.replace("Mend the ", ""));
        const mend = mendOf(faults, fact, thing);
        const needsChoice = fact !== null || faults.some(({ remedy }) => "choice" in remedy);
        expect("choice" in mend).toBe(needsChoice);
        expect("after" in mend).toBe(!needsChoice);
        if ("after" in mend) expect(mend.after).toEqual([]);
      }),
    );
  });

  it("says each summary, each step and each breakage once, in the order of the faults", () => {
    const mend = mendOf([broken("door"), broken("lock"), broken("door")], null, ["door", "lock", "chair"]);
    expect(mend).toEqual({
      summary: "Mend the door. Mend the lock",
      steps: [{ words: "Fetch the tools" }, stepOf("door"), stepOf("lock")],
      mayBreak: "The peace",
      after: ["chair"],
    });
  });

  const choices: Record<string, [faults: readonly Fault<Thing>[], fact: Unread | null, choice: string]> = {
    "a fault's choice is the whole's": [[broken("door"), broken("lock", "Which lock?")], null, "Which lock?"],
    "choices are joined, each once": [
      [broken("door", "Which?"), broken("lock", "Which?"), broken("window", "How large?")],
      null,
      "Which? How large?",
    ],
    "what could not be read leaves a choice": [
      [broken("door")],
      unread,
      "kms:DescribeKey on key ...9c02 was denied: what could not be read may need mending too.",
    ],
    "what could not be read, by no call": [
      [broken("door")],
      { call: null, message: "the rule itself failed", lasting: true },
      "the rule itself failed: what could not be read may need mending too.",
    ],
    "a choice and something unread": [
      [broken("door", "Which?")],
      unread,
      "Which? kms:DescribeKey on key ...9c02 was denied: what could not be read may need mending too.",
    ],
  };
  for (const [sentence, [faults, fact, choice]] of Object.entries(choices)) {
    it(sentence, () => {
      expect(mendOf(faults, fact, ["door", "lock"])).toMatchObject({ choice });
      expect(mendOf(faults, fact, ["door", "lock"])).not.toHaveProperty("after");
    });
  }
});

describe("the fault of a part", () => {
  interface House {
    readonly number: number;
    readonly parts: Thing;
  }
  const within =
    (change: (old: Thing) => Thing) =>
    (house: House): House => ({ ...house, parts: change(house.parts) });

  it("repairs the part within the whole, and nothing else of it", () => {
    const fault = faultOfWhole(broken("door"), within);
    expect(mendOf([fault], null, { number: 7, parts: ["door", "lock"] })).toEqual({
      summary: "Mend the door",
      steps: [{ words: "Fetch the tools" }, stepOf("door")],
      mayBreak: "The peace",
      after: { number: 7, parts: ["lock"] },
    });
  });

  it("leaves the same choice", () => {
    const part = broken("door", "Which door?");
    expect(faultOfWhole(part, within)).toEqual(part);
  });

  it("is the same reason", () => {
    const part = broken("lock");
    expect(faultOfWhole(part, within).reason).toEqual(part.reason);
  });
});
