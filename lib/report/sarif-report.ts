/** A scan as SARIF 2.1.0. An account has no files: a resource stands at a path of its own, the same in every scan. */
import type { Resource } from "../rule.ts";
import { countsOf, type Report } from "./report.ts";
import { type SarifLocation, sarifLog } from "./sarif.ts";

/** The log as JSON: a result a violation, with those of the same account and region replacing each other. */
export function sarifReport(report: Report): string {
  const { toolVersion, accountId, region, evaluatedAt, rules } = report;
  return sarifLog({
    toolVersion,
    category: `${accountId}/${region}`,
    rules: rules.map(({ rule }) => rule),
    results: rules.flatMap(({ evaluations }) =>
      evaluations
        .filter(({ complianceType }) => complianceType === "NON_COMPLIANT")
        .map((evaluation) => ({ evaluation, location: locationOf(report, evaluation.resource) })),
    ),
    notifications: rules.flatMap(({ rule, notRead }) =>
      notRead.map(({ resource, unread }) => ({
        unread,
        rule,
        location: resource === null ? null : locationOf(report, resource),
      })),
    ),
    properties: { accountId, region, evaluatedAt: evaluatedAt.toISOString(), ...countsOf(rules) },
  });
}

function locationOf({ accountId, region }: Report, { type, id, name, arn }: Resource): SarifLocation {
  const uri = ["aws", accountId, region, type, id].map(pathSegment).join("/");
  return {
    physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } },
    logicalLocations: [{ name, fullyQualifiedName: arn ?? `${type} ${id}`, kind: "resource" }],
  };
}

/** Foreign text as one segment of a path. */
export function pathSegment(text: string): string {
  // Half a pair of surrogates is no text that could be encoded.
  const encoded = encodeURIComponent(text.toWellFormed());
  // Dots alone are a way out of the folder, also where they are encoded.
  return /^\.{1,2}$/.test(encoded) ? `_${encoded}` : encoded;
}
