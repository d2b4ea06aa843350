/** What a policy, role, user or group holds, as the reasoner is asked about it. Pure. */
import {
  groupType,
  type IamFacts,
  type PolicyDocument,
  type PrincipalFacts,
  policyType,
  roleType,
} from "../account/iam-facts.ts";
import type { NamedPolicy, PolicySet } from "../iam/evaluate.ts";
import { parsePolicy } from "../iam/parse.ts";
import type { Statement } from "../iam/policy.ts";
import { rememberedLately } from "../iam/remember.ts";
import { type Caller, callerOf } from "../iam/variables.ts";
import type { Resource, Unread } from "../rule.ts";

/** A document that could be read, parsed. */
export interface Held {
  readonly document: PolicyDocument;
  readonly named: NamedPolicy;
}

export interface Holding {
  readonly caller: Caller;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly held: readonly Held[];
  readonly boundary: NamedPolicy | null;
  /** What of it could not be read, so that nothing is proven by what it lacks; null: all was read. */
  readonly unread: Unread | null;
}

export function holdingOf(facts: IamFacts): Holding {
  const { now } = facts;
  if (facts.kind === "policy") {
    const { held, unread } = readAll([facts.policy]);
    const caller = callerFor(facts, null, partitionOf(facts.arn ?? textOf(facts.policy)));
    return { now, caller, held, boundary: null, unread };
  }
  const { held, unread } = readAll(facts.policies);
  const boundary = readAll(facts.boundary === null ? [] : [facts.boundary]);
  // A group makes no requests: whoever is in it does.
  const caller = callerFor(facts, facts.type === groupType ? null : facts.arn, partitionOf(facts.arn));
  return {
    now,
    caller,
    held,
    // What bounds a principal and could not be read may allow everything, and may allow nothing.
    boundary: boundary.held[0]?.named ?? null,
    unread: facts.incomplete ?? unread ?? boundary.unread,
  };
}

/** A statement, by where it stands. */
export interface Place {
  /** Its policy's place in the set. */
  readonly policy: number;
  /** Its own index in the document. */
  readonly statement: number;
}

/** The statement of that place; undefined where there is none. */
export function statementAt({ held }: Holding, { policy, statement }: Place): Statement | undefined {
  return held[policy]?.named.policy.statements[statement];
}

/** All that it holds, as one question. */
export function policySetOf({ held, boundary }: Holding): PolicySet {
  return { identity: held.map(({ named }) => named), boundary };
}

const words = {
  "AWS::IAM::Role": "role",
  "AWS::IAM::User": "user",
  "AWS::IAM::Group": "group",
} as const satisfies Readonly<Record<PrincipalFacts["type"], string>>;
export type CommandWord = (typeof words)[PrincipalFacts["type"]];

/** Type, path and name, as in `role/service/app`: AWS Config shows the unique id alone. */
export function labelOf(facts: IamFacts): string {
  const type = facts.kind === "policy" ? "policy" : words[facts.type];
  return facts.name === "" ? type : `${type}${facts.path === "" ? "/" : facts.path}${facts.name}`;
}

/** The resource in which the cause is: the managed policy, also where it is the one judged, or the group; null: the
 * resource judged, in a policy of its own. What one mend clears is grouped by it. */
export function sourceOf(facts: IamFacts, { document }: Held): Resource | null {
  const { name, kept, group } = document;
  if (kept.in === "account") return { type: policyType, id: kept.id, name, arn: kept.arn };
  if (kept.in === "aws") return { type: policyType, id: kept.arn, name, arn: kept.arn };
  if (group !== null) return { type: groupType, id: group.id, name: group.name, arn: group.arn };
  // What a group's members have by it is the group's own.
  if (facts.kind === "principal" && facts.type === groupType) {
    return { type: groupType, id: facts.arn, name: facts.name, arn: facts.arn };
  }
  return null;
}

/** The principal's word in IAM's commands: `role`, as in `put-role-policy`. */
export function commandWord(facts: PrincipalFacts): CommandWord {
  return words[facts.type];
}

/** Whether AWS alone can change it: service-linked roles, and those of IAM Identity Center. */
export function isReserved(facts: IamFacts): boolean {
  return (
    facts.kind === "principal" &&
    facts.type === roleType &&
    (facts.path.startsWith("/aws-service-role/") || facts.path.startsWith("/aws-reserved/"))
  );
}

function readAll(documents: readonly PolicyDocument[]): {
  readonly held: readonly Held[];
  readonly unread: Unread | null;
} {
  const held: Held[] = [];
  const unread: Unread[] = [];
  for (const document of documents) {
    if ("unread" in document.document) {
      unread.push(document.document.unread);
      continue;
    }
    const text = document.document.value;
    // The same text is attached to many: parsed and compiled once.
    const found = parsed(text, () => parsePolicy(text, "identity"));
    if ("policy" in found) held.push({ document, named: { name: document.name, policy: found.policy } });
    else {
      const [fault] = found.faults;
      const where =
        fault === undefined ? "" : `: ${fault.path} ${fault.message} (line ${fault.line}, column ${fault.column})`;
      const which = document.name === "" ? "the document" : `policy ${document.name}`;
      unread.push({ call: null, message: `${which} is malformed${where}`, lasting: true });
    }
  }
  return { held, unread: unread[0] ?? null };
}

const callers = rememberedLately<Caller>(1_000);

/** The same caller at the same time is the same object: what is found out about it serves every draft of its mend. */
function callerFor({ accountId, now }: IamFacts, arn: string | null, partition: string): Caller {
  return callers(JSON.stringify([arn, accountId, partition, now]), () => callerOf(arn, accountId, partition));
}

/** Compiled, a document on DynamoDB alone holds some 35 bytes for each of its characters. */
const parsedCharacters = 2_000_000;
const parsed = rememberedLately<ReturnType<typeof parsePolicy>>(parsedCharacters);

function textOf({ document }: PolicyDocument): string {
  return "value" in document ? document.value : "";
}

/** The partition that an ARN, or the first ARN of a document, is of. */
function partitionOf(text: string): string {
  return /\barn:(aws[a-z-]*):/.exec(text)?.[1] ?? "aws";
}
