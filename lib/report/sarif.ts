/** SARIF 2.1.0: what every log has, whatever was judged. Violations are results; what was not read is a notification. */
import { reasonInWords, unreadInWords } from "../annotation.ts";
import { witnessInWords } from "../iam/explain.ts";
import { printable } from "../parameters.ts";
import { publishedCatalogue as catalogue } from "../published.ts";
import type { Evaluation, Severity, Unread } from "../rule.ts";
import { inertJson } from "./json.ts";

const levels = { CRITICAL: "error", HIGH: "error", MEDIUM: "warning", LOW: "note" } as const;
/** The middle of what GitHub calls by the same name; SARIF's consumers read CVSS's scale. */
const securitySeverities: Readonly<Record<Severity, string>> = {
  CRITICAL: "9.5",
  HIGH: "8.0",
  MEDIUM: "5.5",
  LOW: "2.0",
};
const notReadId = "not-read";

export interface SarifRun {
  readonly toolVersion: string;
  /** Runs of the same category replace each other. */
  readonly category: string;
  /** Of the rules that ran. */
  readonly rules: readonly string[];
  readonly results: readonly SarifFinding[];
  readonly notifications: readonly SarifNotification[];
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface SarifFinding {
  readonly evaluation: Evaluation;
  readonly location: SarifLocation;
}

export interface SarifNotification {
  readonly unread: Unread;
  /** Null where it is not one rule that could not judge. */
  readonly rule: string | null;
  readonly location: SarifLocation | null;
}

/** A location object of SARIF. */
export interface SarifLocation {
  readonly physicalLocation: unknown;
  readonly logicalLocations?: readonly unknown[];
}

/** The log as JSON, with one run. */
export function sarifLog(run: SarifRun): string {
  const descriptors = descriptorsOf(run.rules);
  const indexes = new Map(descriptors.map(({ id }, index) => [id, index]));
  return inertJson({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "dynamodb-compliance",
            semanticVersion: run.toolVersion,
            rules: descriptors,
            notifications: [
              { id: notReadId, shortDescription: { text: "Not read, so not judged: it does not count as compliant" } },
            ],
          },
        },
        automationDetails: { id: `dynamodb-compliance/${run.category}/` },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: run.notifications.length === 0,
            toolExecutionNotifications: run.notifications.map(notificationOf),
          },
        ],
        results: run.results.map((finding) => resultOf(finding, indexes)),
        properties: run.properties,
      },
    ],
  });
}

/** One a reason: consumers know one severity a rule, and a rule's reasons differ in theirs. */
function descriptorsOf(rules: readonly string[]) {
  return catalogue
    .filter(({ name }) => rules.includes(name))
    .flatMap(({ name, practice, title, description, links, reasons }) =>
      Object.entries(reasons).map(([code, { severity, why }]) => ({
        id: `${name}/${code}`,
        name: code,
        shortDescription: { text: why },
        fullDescription: { text: `${title}. ${description}` },
        help: {
          text: [description, why, ...links].join("\n"),
          markdown: [description, `**${why}**`, ...links.map((link) => `- <${link}>`)].join("\n\n"),
        },
        helpUri: links[0],
        defaultConfiguration: { level: levels[severity] },
        properties: {
          tags: ["security", "dynamodb", name, practice],
          precision: "very-high",
          severity,
          "security-severity": securitySeverities[severity],
        },
      })),
    );
}

function resultOf({ evaluation, location }: SarifFinding, indexes: ReadonlyMap<string, number>) {
  const { rule, resource, fingerprint, witness, reasons, exemption } = evaluation;
  const severity = evaluation.severity ?? "LOW";
  const ruleId = `${rule}/${reasons[0]?.code ?? ""}`;
  const ruleIndex = indexes.get(ruleId);
  return {
    ruleId,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    kind: "fail",
    level: levels[severity],
    message: { text: messageOf(evaluation) },
    locations: [location],
    // Somebody took it upon himself: it is shown, and does not count.
    ...(exemption === null ? {} : { suppressions: [{ kind: "external", justification: plain(exemption) }] }),
    partialFingerprints: {
      "evaluation/v1": fingerprint,
      // GitHub compares this one alone, and makes its own of the file's lines where it is missing.
      primaryLocationLineHash: `${fingerprint}:1`,
    },
    properties: { severity, resourceType: resource.type, resourceId: resource.id, resourceArn: resource.arn, witness },
  };
}

function messageOf({ resource, reasons, witness, mend }: Evaluation): string {
  return plain(
    [
      `${resource.name}: ${reasons.map(reasonInWords).join("; ")}.`,
      ...(witness === null ? [] : [`AWS would allow ${witnessInWords(witness)}.`]),
      ...(mend === null ? [] : [`Mend: ${mend.summary}.`]),
      ...(mend?.choice ? [mend.choice] : []),
    ].join(" "),
  );
}

function notificationOf({ unread, rule, location }: SarifNotification) {
  const { call, lasting } = unread;
  return {
    descriptor: { id: notReadId, index: 0 },
    level: "error",
    message: { text: plain(unreadInWords(unread)) },
    ...(location === null ? {} : { locations: [location] }),
    properties: { rule, call, lasting },
  };
}

/** A message's text reads `[text](target)` as a link, also one in a name. */
function plain(text: string): string {
  return printable(text).replace(/ {2,}/g, " ").replaceAll("](", "] (");
}
