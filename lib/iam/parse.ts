/**
 * A policy document from its text, by the grammar of the IAM user guide (reference_policies_grammar) and what IAM and
 * Access Analyzer refuse beyond it. What is in doubt is a fault: a document without a verdict is better than a wrong one.
 */
import { type Fault, Faults, quoted } from "./faults.ts";
import { type JsonNode, type JsonPath, readJson, repeatedNames } from "./json.ts";
import { parseConditions, parsePrincipals } from "./parse-blocks.ts";
import { choiceOf, type Member, membersOf, textsOf } from "./parse-values.ts";
import type { Element, Policy, PolicyKind, PrincipalElement, Statement } from "./policy.ts";

/** AWS stores less: 6,144 characters of a managed policy, 20 KB of a resource policy. */
export const sizeLimit = 128 * 1024;

export function parsePolicy(
  text: string,
  kind: PolicyKind,
): { readonly policy: Policy } | { readonly faults: readonly Fault[] } {
  const faults = new Faults();
  const policy = documentOf(text, kind, faults);
  return policy !== null && faults.isEmpty ? { policy } : { faults: faults.inOrder(text) };
}

/** A document as the IAM API answers it, URL-encoded (RFC 3986) or, as some answers are, not: plain text either way. */
export function decodePolicyDocument(text: string): string {
  if (/^\s*%7b/i.test(text)) return decoded(text) ?? text;
  if (!text.includes("%") || "value" in readJson(text)) return text;
  const plain = decoded(text);
  return plain !== null && "value" in readJson(plain) ? plain : text;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function documentOf(text: string, kind: PolicyKind, faults: Faults): Policy | null {
  // A UTF-16 unit is at least one byte: texts far too long are not even counted.
  if (text.length > sizeLimit || Buffer.byteLength(text) > sizeLimit) {
    faults.add([], 0, `is longer than ${sizeLimit / 1024} kB; no account can store such a policy`);
    return null;
  }
  const json = readJson(text);
  if ("fault" in json) {
    faults.add(json.fault.path, json.fault.at, json.fault.message);
    return null;
  }
  for (const { path, at, message } of repeatedNames(json.value)) faults.add(path, at, `${message}; keep one`);

  const members = membersOf(json.value, [], ["Version", "Id", "Statement"], "a policy document", faults);
  if (members === null) return null;
  const id = members.get("Id");
  if (id !== undefined && kind === "identity") {
    faults.add(id.path, id.nameAt, "is not allowed in an identity policy; leave it out");
  } else if (id !== undefined && id.value.type !== "string")
    faults.add(id.path, id.value.at, "is no text; use a string");
  const version = versionOf(members.get("Version"), faults);
  const statement = members.get("Statement");
  if (statement === undefined) {
    faults.add([], json.value.at, "has no Statement; add one, even an empty list");
    return null;
  }
  return { version, statements: statementsOf(statement.value, statement.path, kind, faults) };
}

/** A document that names no version is of 2008 (IAM user guide, Version), and one of 2008 has no variables. */
function versionOf(version: Member | undefined, faults: Faults): Policy["version"] {
  const versions = ["2012-10-17", "2008-10-17"] as const;
  return version === undefined ? "2008-10-17" : (choiceOf(version, versions, faults) ?? "2008-10-17");
}

/** One statement without a list is a list of one; an empty list grants nothing and is no fault. */
function statementsOf(node: JsonNode, path: JsonPath, kind: PolicyKind, faults: Faults): readonly Statement[] {
  const items = node.type === "array" ? node.items : [node];
  const statements = items.flatMap((item, index) => {
    const place = node.type === "array" ? [...path, index] : path;
    return statementOf(item, place, index, kind, faults) ?? [];
  });
  if (kind === "identity") {
    const seen = new Map<string, number>();
    for (const { sid, index } of statements) {
      if (sid === null) continue;
      const first = seen.get(sid);
      // IAM user guide, Sid: unique within a policy of IAM; other services have rules of their own.
      if (first !== undefined) {
        const message = `has the Sid ${quoted(sid)} of statement ${first}; give each its own`;
        faults.add([...path, index], items[index]?.at ?? node.at, message);
      } else seen.set(sid, index);
    }
  }
  return statements;
}

const elements = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

function statementOf(
  node: JsonNode,
  path: JsonPath,
  index: number,
  kind: PolicyKind,
  faults: Faults,
): Statement | null {
  const members = membersOf(node, path, elements, "a statement", faults);
  if (members === null) return null;
  const missing = (message: string): null => {
    faults.add(path, node.at, message);
    return null;
  };

  const sid = sidOf(members.get("Sid"), kind, faults);
  const effectMember = members.get("Effect");
  const effect =
    effectMember === undefined
      ? missing("has no Effect; use Allow or Deny")
      : choiceOf(effectMember, ["Allow", "Deny"] as const, faults);

  const pair = (name: string): (Member & { readonly not: boolean }) | null => {
    const [plain, negated] = [members.get(name), members.get(`Not${name}`)];
    if (plain !== undefined && negated !== undefined) return missing(`has both ${name} and Not${name}; keep one`);
    const found = plain ?? negated;
    return found === undefined ? null : { ...found, not: plain === undefined };
  };
  const has = (name: string): boolean => members.has(name) || members.has(`Not${name}`);

  const actionMember = pair("Action");
  const action = actionMember === null ? null : elementOf(actionMember, faults, whyNotAction);
  if (!has("Action")) missing("has no Action; name the actions or use NotAction");

  const resourceMember = pair("Resource");
  const resource = resourceMember === null ? null : elementOf(resourceMember, faults, () => null);
  // A resource policy may leave it out: it is then about the resource that it is attached to.
  if (!has("Resource") && kind !== "resource") missing("has no Resource; name the resources or use NotResource");

  const principalMember = pair("Principal");
  let principal: PrincipalElement | null = null;
  if (kind === "identity" && has("Principal")) {
    missing(
      "has a Principal, which an identity policy cannot have: it is about whoever it is attached to; leave it out",
    );
  } else if (kind !== "identity" && !has("Principal")) {
    missing(`has no Principal, which ${kind === "resource" ? "a resource" : "an endpoint"} policy must name; add one`);
  } else if (principalMember !== null) {
    principal = { not: principalMember.not, principals: parsePrincipals(principalMember, faults) };
  }

  const condition = members.get("Condition");
  const conditions = condition === undefined ? [] : parseConditions(condition, faults);
  if (effect === null || action === null) return null;
  return { index, sid, effect, action, resource, principal, conditions };
}

/** Null where there is none, or an empty one, which names nothing. */
function sidOf(sid: Member | undefined, kind: PolicyKind, faults: Faults): string | null {
  if (sid === undefined) return null;
  if (sid.value.type !== "string") {
    faults.add(sid.path, sid.value.at, "is no text; use a string");
    return null;
  }
  const { value } = sid.value;
  if (kind === "identity" && !/^[A-Za-z0-9]*$/.test(value)) {
    faults.add(sid.path, sid.value.at, `is ${quoted(value)}; use the letters A to Z, a to z and digits only`);
  }
  return value === "" ? null : value;
}

/** A list may be empty: it names nothing then (Access Analyzer, empty array action). */
function elementOf(
  { not, value, path }: Member & { readonly not: boolean },
  faults: Faults,
  why: (pattern: string) => string | null,
): Element {
  const patterns = textsOf(value, path, faults).map(({ text, path: place, at }) => {
    const fault = why(text);
    if (fault !== null) faults.add(place, at, `is ${quoted(text)}; ${fault}`);
    return text;
  });
  return { not, patterns };
}

/** IAM refuses an action without a service ("must be prefaced by a vendor"). A service with wildcards it refuses too, but
 * there is no doubt what such a pattern may grant: nothing. */
function whyNotAction(pattern: string): string | null {
  return pattern === "*" || pattern.indexOf(":") > 0 ? null : "use `service:Action`, or `*` alone";
}
