/** Words for what a resource-based policy lets in: short, since an annotation has 256 characters. Pure. */
import type { ResourcePolicyFacts } from "../account/resource-policies.ts";
import { isStreamArn } from "../iam/resources.ts";
import type { WitnessRequest } from "../rule.ts";
import type { Finding } from "./findings.ts";
import type { ResourcePolicyReason } from "./reasons.ts";

/** `PartnerRead lets in account 444455556666: dynamodb:GetItem on table/Orders`. */
export function foundInWords(finding: Finding, resourceArn: string): string {
  const { code, statement, byNotPrincipal, witness } = finding;
  const place = isStreamArn(resourceArn) ? "Stream: " : "";
  if (code === "deletedPrincipal" || witness === null)
    return `${place}${statement} names ${shortList(finding.whom)}, a deleted principal`;
  const how = byNotPrincipal ? " (NotPrincipal)" : "";
  return `${place}${statement}${how} lets in ${whomInWords(finding, witness.principal)}: ${requestInWords(witness)}`;
}

function whomInWords({ code, whom }: Finding, principal: string | null): string {
  const names = shortList(whom);
  switch (code) {
    case "confusedDeputy":
      return `${names || "any AWS service"} for any account`;
    case "foreignOrganization":
      return `anyone in organization ${names}`;
    case "foreignAccount":
      return /^\d{12}$/.test(whom[0] ?? "") ? `account ${names}` : names;
    default:
      return principal === null ? "anyone, without a signature" : "anyone in any AWS account";
  }
}

function requestInWords({ action, resource }: Pick<WitnessRequest, "action" | "resource">): string {
  // The label of a stream is a date that changes whenever the stream is switched on.
  return isStreamArn(resource) ? action : `${action} on ${resource.split(":").slice(5).join(":")}`;
}

function shortList([first = "", ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} (+${others.length} more)`;
}

/** What each kind of violation demands instead. */
export const wanted: Readonly<Record<ResourcePolicyReason, string>> = {
  everyone: "only this account and trusted ones may be let in",
  foreignAccount: "it is not in trustedAccounts",
  foreignOrganization: "it is not in trustedOrgIds",
  confusedDeputy: "the service must say for whom (aws:SourceAccount)",
  deletedPrincipal: "nobody can use it",
};

/** What to do, in a few words. */
export const summaries: Readonly<Record<ResourcePolicyReason, string>> = {
  everyone: "Narrow the statement to this account",
  foreignAccount: "Trust it by the parameter, or remove it",
  foreignOrganization: "Trust it by the parameter, or narrow the statement",
  confusedDeputy: "Demand aws:SourceAccount, and aws:SourceArn where one resource is meant",
  deletedPrincipal: "Remove it",
};

/** What the narrower document takes away. */
export function mayBreak({ code, whom, statement }: Finding): string {
  const names = whom.join(", ");
  switch (code) {
    case "everyone":
      return `What ${statement} grants to other accounts, to AWS services and to anyone unsigned ends, save to those trusted`;
    case "foreignAccount":
      return `What ${statement} grants to ${names} ends, save to those trusted`;
    case "foreignOrganization":
      return `Accounts of ${names}, other than this one and those trusted, lose all that ${statement} grants`;
    case "confusedDeputy":
      return `${statement} serves ${names || "AWS services"} for this account and those trusted only, and only where the service says for whom`;
    case "deletedPrincipal":
      return `Nothing: nobody can call as ${names}`;
  }
}

/** What a person must decide before; null where nobody need be asked. */
export function choiceIn({ code, whom }: Finding): string | null {
  const names = whom.join(", ");
  if (code === "foreignOrganization")
    return `Whether organization ${names} may be let in: then name it in trustedOrgIds instead.`;
  if (code !== "foreignAccount") return null;
  const isAccount = whom.every((one) => /^\d{12}$/.test(one));
  const parameter = isAccount ? "trustedAccounts" : "trustedPrincipalArns, or the account in trustedAccounts,";
  return `Whether ${names} may be let in: then name it in ${parameter} instead.`;
}

/** In what it complies. */
export function whyCompliant({ documents }: ResourcePolicyFacts): string {
  const named = documents.map(({ resourceArn, document }) => ({
    name: isStreamArn(resourceArn) ? "stream" : "table",
    hasPolicy: "value" in document && document.value !== null,
  }));
  const has = named.flatMap(({ name, hasPolicy }) => (hasPolicy ? [name] : []));
  const hasNone = named.flatMap(({ name, hasPolicy }) => (hasPolicy ? [] : [name]));
  if (has.length === 0) return `No resource-based policy on the ${hasNone.join(" or its ")}`;
  const policies = `The ${has.length === 1 ? "policy" : "policies"} of the ${has.join(" and its ")}`;
  const none = hasNone.length === 0 ? "" : `. The ${hasNone.join(" and the ")} has none`;
  const lets = has.length === 1 ? "lets" : "let";
  return `${policies} ${lets} in nobody but this account and those trusted without a binding condition${none}`;
}
