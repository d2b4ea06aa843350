/** A witness for people, and for AWS's own simulator. */
import { keyInfo } from "./keys.ts";
import type { ForeignWitness } from "./request-by.ts";
import type { Witness } from "./witness.ts";

/** `dynamodb:Scan on arn:…   with no dynamodb:LeadingKeys   by "orders/TenantItems"`. */
export function witnessInWords({ principal, action, resource, context, allowedBy }: Witness): string {
  const keys = Object.entries(context).map(([key, value]) =>
    value === null ? `no ${key}` : `${key} = ${typeof value === "string" ? value : value.join(", ")}`,
  );
  const by = allowedBy.map((statement) => `"${statement}"`).join(", ");
  return [
    `${action} on ${resource}`,
    ...(principal === null ? [] : [`as ${principal}`]),
    ...(keys.length === 0 ? [] : [`with ${keys.join(" and ")}`]),
    `by ${by}`,
  ].join("   ");
}

/** `Anyone in any AWS account can call dynamodb:GetItem on arn:…   as arn:…   by "orders/Open"`: who, before the request.
 * @param ownAccount the owner's of the table, or of the endpoint */
export function foreignInWords(witness: ForeignWitness, ownAccount: string): string {
  const owner = witness.resource.split(":")[4] ?? "";
  const where = owner === "" || owner === ownAccount ? "" : `, in account ${owner},`;
  return `${callerInWords(witness, ownAccount)} can call${where} ${witnessInWords(witness)}`;
}

export function callerInWords(
  { caller, principal, accountId, isAnyAccount }: ForeignWitness,
  ownAccount: string,
): string {
  if (caller === "nobody") return "Anyone, without a signature,";
  // A confused deputy: the service's own customers are whom it acts for.
  if (caller === "service") return `${principal}, for whoever asks it to,`;
  if (isAnyAccount) return "Anyone in any AWS account";
  return accountId === ownAccount ? "A principal of this account" : `A principal of account ${accountId}`;
}

/** The command that asks AWS's simulator the same: of the principal as it stands in the account, or of the documents.
 * @param documents the policies' JSON; of a principal the account has them */
export function simulation(witness: Witness, documents: readonly string[]): readonly ["aws", ...string[]] {
  const { principal, action, resource, context } = witness;
  const entries = Object.entries(context).flatMap(([key, value]) => (value === null ? [] : [contextEntry(key, value)]));
  const request = [
    "--action-names",
    action,
    "--resource-arns",
    resource,
    // A list in JSON: AWS's shorthand would read commas and braces of the values.
    ...(entries.length === 0 ? [] : ["--context-entries", JSON.stringify(entries)]),
    "--query",
    "EvaluationResults[].EvalDecision",
  ];
  return principal === null
    ? [
        "aws",
        "iam",
        "simulate-custom-policy",
        "--policy-input-list",
        JSON.stringify(documents.map(compact)),
        ...request,
      ]
    : ["aws", "iam", "simulate-principal-policy", "--policy-source-arn", principal, ...request];
}

const types = { text: "string", choice: "string", number: "numeric", date: "date", address: "ip" } as const;
const truths: ReadonlySet<string> = new Set(["true", "false"]);

function contextEntry(key: string, value: string | readonly string[]) {
  const info = keyInfo(key);
  const values = typeof value === "string" ? [value] : value;
  const isTruth = info?.values.kind === "choice" && info.values.choices.every((one) => truths.has(one));
  const type = isTruth ? "boolean" : types[info?.values.kind ?? "text"];
  return {
    ContextKeyName: key,
    ContextKeyValues: values,
    ContextKeyType: info?.isSet === true ? `${type}List` : type,
  };
}

function compact(document: string): string {
  return JSON.stringify(JSON.parse(document));
}
