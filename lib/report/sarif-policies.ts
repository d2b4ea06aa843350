/** Policies in files as SARIF 2.1.0, each violation at the statement that is at fault. */
import { isAbsolute, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { type PolicyOutcome, type PolicyReport, rulesOfPolicies } from "./policy-report.ts";
import { countsOf } from "./report.ts";
import { type SarifFinding, type SarifLocation, type SarifNotification, sarifLog } from "./sarif.ts";
import { pathSegment } from "./sarif-report.ts";

/** The log as JSON.
 * @param folder the absolute path of the folder that files are named from, in a pipeline the repository's root */
export function sarifOfPolicies(report: PolicyReport, folder: string): string {
  const { toolVersion, rules, outcomes, problems } = report;
  const results: SarifFinding[] = [];
  const notifications: SarifNotification[] = problems.map(({ file, message }) => ({
    unread: { call: null, message, lasting: true },
    rule: null,
    location: locationIn(folder, { file, policy: null, place: { line: 1, column: 1 } }),
  }));
  for (const one of outcomes) {
    const { rule, outcome } = one;
    const location = locationIn(folder, one);
    if (!("complianceType" in outcome)) notifications.push({ unread: outcome.unread, rule, location });
    else if (outcome.complianceType === "NON_COMPLIANT") results.push({ evaluation: outcome, location });
  }
  return sarifLog({
    toolVersion,
    category: "check-policy",
    rules: rules.map(({ rule }) => rule),
    results,
    notifications,
    properties: { ...countsOf(rulesOfPolicies(report)) },
  });
}

function locationIn(
  folder: string,
  { file, policy, place }: Pick<PolicyOutcome, "file" | "policy" | "place">,
): SarifLocation {
  const logical = policy === null ? {} : { logicalLocations: [{ fullyQualifiedName: policy, kind: "resource" }] };
  return {
    physicalLocation: {
      artifactLocation: artifactOf(file, folder),
      region: { startLine: place.line, startColumn: place.column },
    },
    ...logical,
  };
}

/** A file of the folder by its path from there, so that a pipeline's consumer finds it in the repository. */
function artifactOf(file: string, folder: string) {
  if (file === "-") return { uri: "stdin" };
  const path = isAbsolute(file) ? relative(folder, file) : relative(folder, `${folder}${sep}${file}`);
  const isOutside = isAbsolute(path) || path.split(sep)[0] === "..";
  if (isOutside) return { uri: pathToFileURL(isAbsolute(file) ? file : `${folder}${sep}${file}`).href };
  return { uri: path.split(sep).map(pathSegment).join("/"), uriBaseId: "%SRCROOT%" };
}
