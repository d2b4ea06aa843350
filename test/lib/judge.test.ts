import { describe, expect, it } from "vitest";
import { UnreadError } from "../../lib/account/fact.ts";
import { defineRule } from "../../lib/define-rule.ts";
import type { Exemption } from "../../lib/exemptions.ts";
import { isEvaluation, judge } from "../../lib/judge.ts";
import type { Evaluation, Outcome, Reading, Reason, Resource, Rule, Scope, Unread, Verdict } from "../../lib/rule.ts";
import { accountId, all, blockFor, region, sessionOf } from "../fakes/account.ts";

/** A house's facts are its verdict; only the date plays no part in it. */
interface House {
  readonly verdict: Verdict | Error;
  readonly seenOn?: string;
}

const house = (id: string): Resource => ({ type: "AWS::Test::House", id, name: id, arn: `arn:aws:test:::house/${id}` });
const street: Resource = { type: "AWS::Test::Street", id: "street-1", name: "High Street", arn: null };
const unread: Unread = { call: "test:DescribeHouse", message: "on house Old was denied", lasting: true };
const account: Scope = { kind: "account", lastJudged: () => 0 };

const reasons = {
  dusty: { severity: "LOW", says: "settles.", why: "Dust settles." },
  draughty: { severity: "MEDIUM", says: "lost.", why: "Heat is lost." },
  open: { severity: "HIGH", says: "in.", why: "Anyone may come in." },
  burning: { severity: "CRITICAL", says: "gone.", why: "It will be gone." },
} as const;
const reason = (code: string, found = `The house is ${code}`, source: Resource | null = null): Reason => ({
  code,
  found,
  wanted: "a sound one is required",
  source,
});
const wrong = (first: Reason, ...others: Reason[]): Verdict => ({
  complianceType: "NON_COMPLIANT",
  reasons: [first, ...others],
  witness: null,
});

function ruleOf(
  readings: readonly (Reading<House> | Error)[],
  name: `dynamodb-${string}` = "dynamodb-house",
): Rule<House, object> {
  return defineRule<House, object>({
    name,
    practice: "Encryption at rest",
    title: "Houses are sound",
    description: "A house is sound.",
    links: ["https://example.com/"],
    reasons,
    judges: ["AWS::Test::House"],
    watches: [],
    permissions: [{ action: "test:DescribeHouse", resources: ["*"] }],
    parameters: { byName: {}, contradictions: () => [] },
    async *collect() {
      for (const reading of readings) {
        if (reading instanceof Error) throw reading;
        yield reading;
      }
    },
    evaluate({ verdict }) {
      if (verdict instanceof Error) throw verdict;
      return verdict;
    },
    mend: () => ({ summary: "Call the mason", steps: [], mayBreak: "Nothing", choice: "Which mason." }),
  });
}

async function outcomesOf(...readings: (Reading<House> | Error)[]): Promise<Outcome[]> {
  return await all(judge(ruleOf(readings), sessionOf(), account, { exemptions: [] }));
}

async function evaluationOf(
  verdict: Verdict,
  options: {
    resource?: Resource;
    rule?: `dynamodb-${string}`;
    accountId?: string;
    region?: string;
    seenOn?: string;
  } = {},
): Promise<Evaluation> {
  const { resource = house("Old"), rule, seenOn = "2026-01-01", ...place } = options;
  const readings = [{ resource, facts: { verdict, seenOn } }];
  const [outcome] = await all(judge(ruleOf(readings, rule), sessionOf(place), account, { exemptions: [] }));
  if (outcome === undefined || !isEvaluation(outcome)) throw new Error("no evaluation");
  return outcome;
}

const plain = {
  rule: "dynamodb-house",
  accountId,
  region,
  severity: null,
  reasons: [],
  witness: null,
  mend: null,
  exemption: null,
};
const told = (id: string, complianceType: string, annotation: string) => ({
  ...plain,
  resource: house(id),
  complianceType,
  annotation,
  fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
});

describe("each kind of reading has its outcome", () => {
  const witness = { principal: null, action: "test:Enter", resource: "*", context: {}, allowedBy: ["#0"] };
  const cases: Record<string, [reading: Reading<House>, outcome: unknown]> = {
    "facts that comply": [
      { resource: house("New"), facts: { verdict: { complianceType: "COMPLIANT", because: "It is sound" } } },
      told("New", "COMPLIANT", "It is sound"),
    ],
    "facts that are not judged": [
      { resource: house("Tent"), facts: { verdict: { complianceType: "NOT_APPLICABLE", because: "It is a tent" } } },
      told("Tent", "NOT_APPLICABLE", "It is a tent"),
    ],
    "facts that violate": [
      {
        resource: house("Old"),
        facts: { verdict: { complianceType: "NON_COMPLIANT", reasons: [reason("open")], witness } },
      },
      {
        ...told("Old", "NON_COMPLIANT", "The house is open; a sound one is required. Call the mason"),
        severity: "HIGH",
        reasons: [reason("open")],
        witness,
        mend: { summary: "Call the mason", steps: [], mayBreak: "Nothing", choice: "Which mason." },
      },
    ],
    "facts that do not suffice": [
      { resource: house("Old"), facts: { verdict: { unread } } },
      { resource: house("Old"), unread },
    ],
    "nothing read": [
      { resource: house("Old"), unread },
      { resource: house("Old"), unread },
    ],
    "a resource that is gone": [
      { resource: house("Lost"), gone: true },
      told("Lost", "NOT_APPLICABLE", "Deleted: nothing of this name exists any more"),
    ],
    "a resource that is exempt": [
      { resource: house("Shed"), exempt: "tag use=shed (exemptResourceTag)" },
      {
        ...told("Shed", "NOT_APPLICABLE", "Exempt: tag use=shed (exemptResourceTag)"),
        exemption: "tag use=shed (exemptResourceTag)",
      },
    ],
    "an evaluation that fails": [
      { resource: house("Odd"), facts: { verdict: new TypeError("no such door") } },
      {
        resource: house("Odd"),
        unread: { call: null, message: "the rule itself failed (TypeError: no such door)", lasting: true },
      },
    ],
    "a reason that the metadata does not know": [
      { resource: house("Odd"), facts: { verdict: wrong(reason("haunted")) } },
      {
        resource: house("Odd"),
        unread: {
          call: null,
          message: "the rule itself failed (Error: reason `haunted` is not in the metadata of dynamodb-house)",
          lasting: true,
        },
      },
    ],
    "a reason that is a name of Object's own": [
      { resource: house("Odd"), facts: { verdict: wrong(reason("constructor")) } },
      {
        resource: house("Odd"),
        unread: {
          call: null,
          message: "the rule itself failed (Error: reason `constructor` is not in the metadata of dynamodb-house)",
          lasting: true,
        },
      },
    ],
  };
  for (const [sentence, [reading, outcome]] of Object.entries(cases)) {
    it(sentence, async () => {
      const outcomes = await outcomesOf(reading);
      expect(outcomes).toEqual([outcome]);
      expect(outcomes.map(isEvaluation)).toEqual([!("unread" in (outcome as object))]);
    });
  }
});

it("a mend is told without the facts as they would be afterwards", async () => {
  const repaired: House = { verdict: { complianceType: "COMPLIANT", because: "It is sound" } };
  const mend = { summary: "Shut the door", steps: [{ words: "Shut it." }], mayBreak: "Nothing" };
  const rule = { ...ruleOf([{ resource: house("Old"), facts: { verdict: wrong(reason("open")) } }]) };
  rule.mend = () => ({ ...mend, after: repaired });
  const [outcome] = await all(judge(rule, sessionOf(), account, { exemptions: [] }));
  expect(outcome).toHaveProperty("mend", { ...mend, choice: null });
});

describe("a violation of several reasons", () => {
  it("has the worst first, the others in their order, and the worst one's severity", async () => {
    const verdict = wrong(
      reason("dusty"),
      reason("draughty", "north"),
      reason("burning"),
      reason("draughty", "south"),
      reason("open"),
    );
    const { severity, annotation, reasons: ordered } = await evaluationOf(verdict);
    expect({ severity, annotation, found: ordered.map(({ found }) => found) }).toEqual({
      severity: "CRITICAL",
      annotation: "The house is burning; a sound one is required (+4 more). Call the mason",
      found: ["The house is burning", "The house is open", "north", "south", "The house is dusty"],
    });
  });

  for (const [code, { severity }] of Object.entries(reasons)) {
    it(`has ${severity} where the worst is ${code}`, async () => {
      expect((await evaluationOf(wrong(reason(code)))).severity).toBe(severity);
    });
  }
});

describe("a violation with exemptions", () => {
  const facts = { verdict: wrong(reason("open")) };
  const usual = "The house is open; a sound one is required. Call the mason";
  const exemption = { resource: "Old", reason: "To be pulled down", expires: "2026-01-01" };
  const others = [{ resource: "*", reason: "A whim", expires: "2026-12-31" }];
  const before = { ...exemption, expires: "2025-12-30" };
  const lastYear = { resource: "O*", reason: "Old", expires: "2025-12-31" };
  const cases: Record<string, [exemptions: readonly Exemption[], exemption: string | null, annotation: string]> = {
    "none: it counts": [[], null, usual],
    "one of another resource: it counts": [[{ ...exemption, resource: "New" }], null, usual],
    "one on its last day: it is exempt, and a violation": [[exemption], "To be pulled down (until 2026-01-01)", usual],
    "two that hold: the first one's reason": [[exemption, ...others], "To be pulled down (until 2026-01-01)", usual],
    "one that ended and one that holds: the latter's": [[before, ...others], "A whim (until 2026-12-31)", usual],
    "those that ended: it counts, and says since when": [
      [lastYear, before],
      null,
      `${usual}. Its exemption ended on 2025-12-31`,
    ],
  };
  for (const [sentence, [exemptions, exempt, annotation]] of Object.entries(cases)) {
    it(sentence, async () => {
      const rule = ruleOf([{ resource: house("Old"), facts }]);
      const [counting] = await all(judge(rule, sessionOf(), account, { exemptions: [] }));
      expect(await all(judge(rule, sessionOf(), account, { exemptions }))).toEqual([
        { ...counting, exemption: exempt, annotation },
      ]);
    });
  }

  it("is exempt by its ARN too", async () => {
    const exemptions = [{ ...exemption, resource: "arn:*:house/Old" }];
    const rule = ruleOf([{ resource: house("Old"), facts }]);
    expect(await all(judge(rule, sessionOf(), account, { exemptions }))).toMatchObject([
      { complianceType: "NON_COMPLIANT", exemption: "To be pulled down (until 2026-01-01)" },
    ]);
  });
});

describe("a fingerprint", () => {
  const usual = wrong(reason("open", "The house is open since 2026-01-01", street));

  it("is the same over dates, words and lesser reasons", async () => {
    const { fingerprint } = await evaluationOf(usual);
    const again = [
      evaluationOf(usual),
      evaluationOf(usual, { seenOn: "2026-02-01" }),
      evaluationOf(wrong(reason("open", "The house is open since 2026-02-01", street))),
      evaluationOf(wrong(reason("dusty"), reason("open", "The house is open", street))),
      evaluationOf(usual, { resource: { ...house("Old"), name: "Old house", arn: null } }),
    ];
    expect((await Promise.all(again)).map((evaluation) => evaluation.fingerprint)).toEqual(
      again.map(() => fingerprint),
    );
  });

  it("is another for another rule, account, region, resource, reason or source", async () => {
    const others = await Promise.all([
      evaluationOf(usual),
      evaluationOf(usual, { rule: "dynamodb-other" }),
      evaluationOf(usual, { accountId: "210987654321" }),
      evaluationOf(usual, { region: "eu-central-1" }),
      evaluationOf(usual, { resource: house("New") }),
      evaluationOf(usual, { resource: { ...house("Old"), type: "AWS::Test::Barn" } }),
      evaluationOf(wrong(reason("burning", "The house is burning", street))),
      evaluationOf(wrong(reason("open", "The house is open", house("Next")))),
      evaluationOf(wrong(reason("open"))),
      evaluationOf({ complianceType: "COMPLIANT", because: "It is sound" }),
    ]);
    expect(new Set(others.map(({ fingerprint }) => fingerprint)).size).toBe(others.length);
  });
});

describe("a listing", () => {
  const sound: Reading<House> = {
    resource: house("New"),
    facts: { verdict: { complianceType: "COMPLIANT", because: "It is sound" } },
  };

  it("gives one outcome a reading, in their order", async () => {
    const outcomes = await outcomesOf(
      sound,
      { resource: house("Old"), unread },
      { resource: house("Lost"), gone: true },
    );
    expect(outcomes.map(({ resource }) => resource?.id)).toEqual(["New", "Old", "Lost"]);
  });

  it("that breaks off is the last outcome, with no resource", async () => {
    const outcomes = await outcomesOf(sound, new UnreadError(unread));
    expect(outcomes.map(({ resource }) => resource?.id ?? null)).toEqual(["New", null]);
    expect(outcomes.at(-1)).toEqual({ resource: null, unread });
  });

  it("that breaks off is told by the error's name, whichever copy of the class made it", async () => {
    const copy = Object.assign(new Error("of another bundle"), { name: "UnreadError", unread });
    expect(await outcomesOf(copy)).toEqual([{ resource: null, unread }]);
  });

  it("is ended by any other error, after what came before it", async () => {
    const outcomes: Outcome[] = [];
    const run = async (): Promise<void> => {
      for await (const outcome of judge(ruleOf([sound, new TypeError("no such street")]), sessionOf(), account, {
        exemptions: [],
      })) {
        outcomes.push(outcome);
      }
    };
    await expect(run()).rejects.toThrow(new TypeError("no such street"));
    expect(outcomes.map(({ resource }) => resource?.id)).toEqual(["New"]);
  });

  it("of nothing has no outcome", async () => {
    expect(await outcomesOf()).toEqual([]);
  });
});

describe("a run that ends while it judges", () => {
  const sound: House = { verdict: { complianceType: "COMPLIANT", because: "It is sound" } };
  const stopped: Unread = { call: null, message: "was not judged: the run was stopped", lasting: false };

  it("judges what it is about, and no other", async () => {
    const controller = new AbortController();
    const rule = ruleOf(["First", "Second", "Third"].map((id) => ({ resource: house(id), facts: sound })));
    rule.evaluate = ({ verdict }) => {
      // As a deadline does, which only the event loop brings about.
      setTimeout(() => controller.abort(), 1);
      blockFor(5);
      return verdict as Verdict;
    };
    expect(await all(judge(rule, sessionOf({ signal: controller.signal }), account, { exemptions: [] }))).toEqual([
      told("First", "COMPLIANT", "It is sound"),
      { resource: house("Second"), unread: stopped },
      { resource: house("Third"), unread: stopped },
    ]);
  });

  it("still tells what needs no judging", async () => {
    const rule = ruleOf([
      { resource: house("Old"), unread },
      { resource: house("Lost"), gone: true },
      { resource: house("New"), facts: sound },
    ]);
    expect(await all(judge(rule, sessionOf({ signal: AbortSignal.abort() }), account, { exemptions: [] }))).toEqual([
      { resource: house("Old"), unread },
      told("Lost", "NOT_APPLICABLE", "Deleted: nothing of this name exists any more"),
      { resource: house("New"), unread: stopped },
    ]);
  });
});
