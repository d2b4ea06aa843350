/** The reports of policies that are in files: as a table, and as JSON. */
import { annotateExempted, annotateUnread } from "../annotation.ts";
import { simulation } from "../iam/explain.ts";
import { violationBlock } from "./blocks.ts";
import { inertJson, verdictRow } from "./json.ts";
import type { PolicyOutcome } from "./policy-report.ts";
import { emphasise, type TextOptions, wrap, wrapCommand } from "./text.ts";

/** An array with an element for each file, policy and rule, in that order: a contract. */
export function jsonOfPolicies(outcomes: readonly PolicyOutcome[]): string {
  return inertJson(
    outcomes.map(({ file, policy, rule, outcome }) => {
      if (!("complianceType" in outcome)) {
        const annotation = annotateUnread(outcome.unread);
        const none = { complianceType: null, severity: null, annotation, reasons: [], witness: null, mend: null };
        return { file, policy, rule, ...none, exemption: null };
      }
      return { file, policy, rule, ...verdictRow(outcome) };
    }),
  );
}

/** A command with a longer document helps nobody. */
const longestDocument = 2_000;

export function tableOfPolicies(outcomes: readonly PolicyOutcome[], options: TextOptions): string {
  const nameOf = ({ file, policy }: PolicyOutcome): string => (policy === null ? file : `${file} ${policy}`);
  const nameWidth = Math.max(0, ...outcomes.map((one) => nameOf(one).length));
  const ruleWidth = Math.max(0, ...outcomes.map(({ rule }) => rule.length));
  const lines = outcomes.flatMap((one) => {
    const { rule, document, outcome } = one;
    const head = `${nameOf(one).padEnd(nameWidth)}   ${rule.padEnd(ruleWidth)}   `;
    if (!("complianceType" in outcome)) {
      return [`${head}${emphasise("NOT READ", "bold", options)}`, ...indented(annotateUnread(outcome.unread), options)];
    }
    const { complianceType, annotation, severity, witness, exemption, reasons } = outcome;
    if (complianceType !== "NON_COMPLIANT") return [`${head}${complianceType}`, ...indented(annotation, options)];
    if (exemption !== null) {
      return [`${head}${complianceType}, exempted`, ...indented(annotateExempted(exemption, reasons), options)];
    }
    return [
      `${head}${emphasise(complianceType, "bold", options)}`,
      ...violationBlock({ severity: severity ?? "LOW", evaluations: [outcome] }, options),
      ...(witness === null || document.length > longestDocument
        ? []
        : [
            "            Ask AWS",
            ...wrapCommand(simulation(witness, [document]), options.width - 14).map((line) => `              ${line}`),
          ]),
    ];
  });
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function indented(text: string, { width }: TextOptions): readonly string[] {
  return wrap(text, width - 2).map((line) => `  ${line}`);
}
