/** The mend of what somebody holds: narrower documents, which the rule itself finds in order. Pure. */
import type { IamFacts, PolicyDocument } from "../account/iam-facts.ts";
import { type ActionSet, actionsNamed, actionsOf, noActions } from "../iam/actions.ts";
import { findAllowedRequest } from "../iam/allowed-request.ts";
import { compiledStatements } from "../iam/evaluate.ts";
import type { Mend } from "../rule.ts";
import type { Assessment, Finding } from "./assessment.ts";
import { type Written, withStatements, writtenPolicy } from "./edit.ts";
import { type Holding, holdingOf, policySetOf } from "./holding.ts";
import type { Stated } from "./narrow-privilege.ts";
import { choicesIn, named } from "./placeholders.ts";
import { type ChangedDocument, stepsFor, tooLong } from "./steps.ts";

export interface Mending {
  readonly assess: (facts: IamFacts) => Assessment;
  /** What stands in the place of a statement at fault; null: that is beyond a rule's power.
   * @param holds whether these, without all other Allows, have the finding no more */
  readonly instead: (
    stated: Stated,
    finding: Finding,
    holding: Holding,
    holds: (statements: readonly Written[]) => boolean,
  ) => readonly Written[] | null;
  /** A few words for each kind of finding: what to do. */
  readonly summaries: Readonly<Record<string, string>>;
  /** What a changed document no longer allows, besides actions. */
  readonly takesAway: string;
}

/** Each round mends one statement at least. */
const mostRounds = 150;

export function mendOf(facts: IamFacts, mending: Mending): Mend<IamFacts> {
  const { assess, summaries } = mending;
  const kinds = new Set<string>();
  let draft = facts;
  let { findings, unread } = assess(draft);
  for (let round = 0; round < mostRounds && findings[0] !== undefined; round++) {
    const [finding] = findings;
    const next = mended(draft, finding, mending);
    if (next === null) break;
    kinds.add(finding.kind);
    draft = next;
    ({ findings, unread } = assess(draft));
  }
  const changed = changedDocuments(facts, draft);
  const shown = changed.map((one) => ({ ...one, after: one.after === null ? null : named(one.after) }));
  const open = findings.map(({ kind }) => summaries[kind] ?? kind);
  const choices = [
    ...choicesIn(changed.map(({ after }) => after ?? "")).map((choose) => `Choose ${choose}.`),
    ...(open.length === 0 ? [] : [`By hand: ${[...new Set(open)].join(". ")}.`]),
    ...shown.flatMap((one) => tooLong(facts, one) ?? []),
    ...(unread === null ? [] : [`By hand: what is left ${unread.message}.`]),
    ...changed
      .filter(({ after }) => after === null && facts.kind === "policy")
      .map(() => "Nothing of it is left: delete it."),
  ];
  const summary = [...new Set([...kinds].map((kind) => summaries[kind] ?? kind).concat(open))].join(". ");
  const steps = stepsFor(facts, shown);
  const mayBreak = [actionsLost(facts, draft), mending.takesAway, changed.some(isInAccount) ? oneAtATime : ""]
    .filter((words) => words !== "")
    .join(" ");
  const words = {
    summary,
    steps: steps.length === 0 ? [{ words: choices.join(" ") }] : steps,
    mayBreak,
  };
  return choices.length === 0 ? { ...words, after: draft } : { ...words, choice: choices.join(" ") };
}

// Each rule starts from the text that stands in the account.
const oneAtATime = "Scan again before another rule's mend of the same policy.";

function isInAccount({ document }: ChangedDocument): boolean {
  return document.kept.in !== "file";
}

/** The facts without this finding; null where nothing that is known of would mend it. */
function mended(facts: IamFacts, finding: Finding, { assess, instead }: Mending): IamFacts | null {
  const holding = holdingOf(facts);
  const byPolicy = Map.groupBy(finding.changes ?? finding.places, ({ policy }) => policy);
  let draft: IamFacts = facts;
  for (const [policy, within] of byPolicy) {
    const held = holding.held[policy];
    if (held === undefined || !("value" in held.document.document)) return null;
    const written = writtenPolicy(held.document.document.value);
    const replaced = new Map<number, readonly Written[]>();
    const isAtFault = (statements: readonly Written[]): boolean =>
      assess(withOnly(facts, held.document, statements)).findings.some(({ kind }) => kind === finding.kind);
    const found = new Set(within.map(({ statement }) => statement));
    // What is at fault by itself in the same way is mended in the same round: a policy may have hundreds of them.
    const alike = written.statements.flatMap((statement, index) =>
      statement["Effect"] === "Allow" && !found.has(index) && finding.changes === undefined && isAtFault([statement])
        ? [index]
        : [],
    );
    for (const index of [...found, ...alike]) {
      const own = written.statements[index];
      const statement = held.named.policy.statements[index];
      const compiled = compiledStatements(held.named.policy)[index];
      if (own === undefined || statement === undefined || compiled === undefined) return null;
      const others = instead(
        { written: own, statement, compiled },
        finding,
        holding,
        (statements) => !isAtFault(statements),
      );
      const isChanged = others !== null && JSON.stringify(others) !== JSON.stringify([own]);
      if (!isChanged && found.has(index)) return null;
      if (others === null || !isChanged) continue;
      replaced.set(index, others);
    }
    draft = withDocument(draft, held.document, withStatements(written, replaced));
  }
  return draft;
}

/** The facts with these Allows alone, and all Denies: what other statements allow is no fault of these. */
function withOnly(facts: IamFacts, document: PolicyDocument, statements: readonly Written[]): IamFacts {
  return documentsOf(facts).reduce((draft, one) => {
    const text = textOf(one);
    if (text === null) return draft;
    const written = writtenPolicy(text);
    const own = isSame(one, document) ? statements : [];
    const denies = written.statements.filter(({ Effect: effect }) => effect === "Deny");
    return withDocument(draft, one, JSON.stringify({ ...written.document, Statement: [...own, ...denies] }));
  }, facts);
}

/** The facts with another text of a document, or without it. */
function withDocument(facts: IamFacts, document: PolicyDocument, text: string | null): IamFacts {
  const changed = (one: PolicyDocument): PolicyDocument =>
    isSame(one, document) && text !== null ? { ...one, document: { value: text } } : one;
  if (facts.kind === "policy") {
    const policy = text === null ? { ...facts.policy, document: { value: emptied } } : changed(facts.policy);
    return { ...facts, policy };
  }
  const policies = facts.policies.filter((one) => text !== null || !isSame(one, document)).map(changed);
  return { ...facts, policies };
}

/** A policy that grants nothing, in the place of one of which nothing is left. */
const emptied = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: "dynamodb:*", Resource: "*" }],
});

function isSame(one: PolicyDocument, other: PolicyDocument): boolean {
  return keyOf(one) === keyOf(other);
}

function keyOf({ name, kept, group }: PolicyDocument): string {
  return JSON.stringify([name, kept.in, "arn" in kept ? kept.arn : null, group?.id ?? null]);
}

function changedDocuments(before: IamFacts, after: IamFacts): readonly ChangedDocument[] {
  const left = new Map(documentsOf(after).map((document) => [keyOf(document), document]));
  return documentsOf(before).flatMap((document) => {
    const text = textOf(left.get(keyOf(document)));
    if (text === textOf(document)) return [];
    return [{ document, after: text === emptied ? null : text }];
  });
}

function documentsOf(facts: IamFacts): readonly PolicyDocument[] {
  return facts.kind === "policy" ? [facts.policy] : facts.policies;
}

function textOf(document: PolicyDocument | undefined): string | null {
  return document !== undefined && "value" in document.document ? document.document.value : null;
}

/** The actions of DynamoDB of which some request was allowed, and none is any more, by name. */
function actionsLost(before: IamFacts, after: IamFacts): string {
  const [was, is] = [holdingOf(before), holdingOf(after)];
  const lost = actionsOf(grantedBy(was))
    .map(({ name }) => name)
    .filter((name) => isAllowedAtAll(was, name) && !isAllowedAtAll(is, name));
  const [first, second, third, ...others] = lost;
  const shown = [first, second, third].filter((name) => name !== undefined);
  if (shown.length === 0) return "";
  return `It takes away ${shown.join(", ")}${others.length === 0 ? "" : ` and ${others.length} more actions`}.`;
}

function isAllowedAtAll(holding: Holding, action: string): boolean {
  const { caller, now } = holding;
  return findAllowedRequest(policySetOf(holding), { actions: [action], caller, now }) !== "none";
}

function grantedBy({ held }: Holding): ActionSet {
  return held
    .flatMap(({ named: { policy } }) => policy.statements)
    .filter(({ effect }) => effect === "Allow")
    .reduce((set, { action }) => set | actionsNamed(action), noActions);
}
