/** What is wrong with a table's resource-based policies, and how it is put right. Pure. */
import type { AttachedDocument, ResourcePolicy, ResourcePolicyFacts } from "../account/resource-policies.ts";
import type { Fault } from "../fault.ts";
import type { Fault as PolicyFault } from "../iam/faults.ts";
import type { Trust } from "../iam/parties.ts";
import { letsInUnknown } from "../iam/principals.ts";
import { rememberedBy } from "../iam/remember.ts";
import { isStreamArn } from "../iam/resources.ts";
import { type Reason, type Resource, type Step, severities, type Unread, type WitnessRequest } from "../rule.ts";
import { type Draft, draftOf, isTooLong, policyOf, textOf } from "./draft.ts";
import { type Finding, type Findings, findingsIn } from "./findings.ts";
import { resourcePolicyReasons } from "./reasons.ts";
import { choiceIn, foundInWords, mayBreak, summaries, wanted } from "./wording.ts";

export interface Assessment {
  /** The worst first. */
  readonly faults: readonly Fault<ResourcePolicyFacts>[];
  /** Of the worst that has one. */
  readonly witness: WitnessRequest | null;
  /** What compliance needs and is not known; null where all is known. */
  readonly unread: Unread | null;
}

interface Told {
  readonly fault: Fault<ResourcePolicyFacts>;
  readonly finding: Finding;
}

/** Verdict and mend ask for the same. */
export const assess = rememberedBy((facts: ResourcePolicyFacts, trust: Trust): Assessment => {
  const told: Told[] = [];
  const unread: Unread[] = [];
  for (const attached of facts.documents) {
    const { document, resourceArn } = attached;
    if ("unread" in document) unread.push(document.unread);
    else if (document.value !== null) {
      const draft = draftOf(resourceArn, document.value.policy);
      if ("faults" in draft) unread.push(malformed(facts, resourceArn, draft.faults));
      else {
        const ownAccount = resourceArn.split(":")[4] ?? "";
        const found = findingsIn(draft, { ownAccount, trust, now: facts.now });
        told.push(...faultsOf(facts, attached, document.value, found));
        if (found.isUndecided) unread.push(undecided(facts, draft));
      }
    }
  }
  const rank = ({ finding }: Told): number => severities.indexOf(resourcePolicyReasons[finding.code].severity);
  const worstFirst = told.toSorted((one, other) => rank(other) - rank(one));
  return {
    faults: worstFirst.map(({ fault }) => fault),
    witness: requestOf(worstFirst.find(({ finding }) => finding.witness !== null)?.finding ?? null),
    unread: unread.find(({ lasting }) => lasting) ?? unread[0] ?? null,
  };
});

function faultsOf(
  facts: ResourcePolicyFacts,
  { resourceArn }: AttachedDocument,
  { revisionId }: ResourcePolicy,
  { findings, after, isProven }: Findings,
): readonly Told[] {
  const text = textOf(after);
  const open = isProven ? whyTooLong(text) : "By hand: what is left of the policy could not be decided.";
  const steps = open === null || !isProven ? stepsFor(facts, resourceArn, text, revisionId) : [{ words: open }];
  return findings.map((finding) => {
    const choices = [choiceIn(finding), open].filter((one) => one !== null);
    const reason: Reason = {
      code: finding.code,
      found: foundInWords(finding, resourceArn),
      wanted: wanted[finding.code],
      source: isStreamArn(resourceArn) ? streamOf(facts, resourceArn) : null,
    };
    const verb = text === null ? "delete-resource-policy" : "put-resource-policy";
    const fault: Fault<ResourcePolicyFacts> = {
      reason,
      summary: `${summaries[finding.code]} (${verb})`,
      steps,
      mayBreak: mayBreak(finding),
      remedy: choices.length > 0 ? { choice: choices.join(" ") } : { repair: withPolicy(resourceArn, text) },
    };
    return { fault, finding };
  });
}

function whyTooLong(text: string | null): string | null {
  if (text === null || !isTooLong(text)) return null;
  return "By hand: the narrower policy would be longer than the 20 KB that DynamoDB takes.";
}

/** A revision other than the one judged is not overwritten: DynamoDB refuses the command (API reference,
 * PutResourcePolicy, ExpectedRevisionId). */
function stepsFor(
  { tableName }: ResourcePolicyFacts,
  resourceArn: string,
  text: string | null,
  revisionId: string | null,
): readonly Step[] {
  const revision = revisionId === null ? [] : ["--expected-revision-id", revisionId];
  const region = ["--region", resourceArn.split(":")[3] ?? ""];
  const resource = ["--resource-arn", resourceArn];
  if (text === null) {
    return [{ command: ["aws", "dynamodb", "delete-resource-policy", ...resource, ...revision, ...region] }];
  }
  const file = `${tableName}${isStreamArn(resourceArn) ? "-stream" : ""}-policy.json`;
  const policy = ["--policy", `file://${file}`];
  return [
    { file, content: `${text}\n` },
    { command: ["aws", "dynamodb", "put-resource-policy", ...resource, ...policy, ...revision, ...region] },
  ];
}

function withPolicy(resourceArn: string, text: string | null) {
  const value: ResourcePolicy | null = text === null ? null : { policy: text, revisionId: null };
  return (facts: ResourcePolicyFacts): ResourcePolicyFacts => ({
    ...facts,
    documents: facts.documents.map((one) => (one.resourceArn === resourceArn ? { ...one, document: { value } } : one)),
  });
}

function streamOf({ tableName }: ResourcePolicyFacts, arn: string): Resource {
  return { type: "AWS::DynamoDB::Stream", id: arn, name: tableName, arn };
}

/** As any simulator can be asked. */
function requestOf(finding: Finding | null): WitnessRequest | null {
  if (finding?.witness == null) return null;
  const { principal, action, resource, context, allowedBy } = finding.witness;
  return { principal, action, resource, context, allowedBy };
}

const call = "dynamodb:GetResourcePolicy";

function subjectOf({ tableName }: ResourcePolicyFacts, resourceArn: string): string {
  return isStreamArn(resourceArn) ? `the stream of table ${tableName}` : `table ${tableName}`;
}

function malformed(facts: ResourcePolicyFacts, resourceArn: string, [fault]: readonly PolicyFault[]): Unread {
  const where = fault === undefined ? "" : `: ${fault.path} ${fault.message}`;
  const message = `on ${subjectOf(facts, resourceArn)} answered with a policy that is malformed${where}`;
  return { call, message, lasting: true };
}

function undecided(facts: ResourcePolicyFacts, draft: Draft): Unread {
  const why = letsInUnknown(policyOf(draft).policy)
    ? "it names a principal of no known form"
    : "the search met its budget, or what AWS leaves undocumented";
  const message = `on ${subjectOf(facts, draft.resourceArn)} answered with a policy that could not be decided: ${why}`;
  return { call, message, lasting: true };
}
